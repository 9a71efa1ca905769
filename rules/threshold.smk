# One pass of a network writes all its layers, and with one layer more it is made again. The other layers' activations
# stay what they were, so what is made from them looks at their sources instead: images, weights, settings and code.


rule threshold:
    input:
        checkpoint_file,
        f"{DATASET}/images.csv",
        activations=ancient(activation_shards),
        config=ancient(CONFIG_FILE),
    output:
        report(
            f"{RUN}/{{network}}/{{layer}}/thresholds.csv",
            category="Thresholds",
            labels={"network": "{network}", "layer": "{layer}"},
            caption="captions/thresholds.rst",
        ),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/threshold.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/threshold.tsv"
    conda:
        ENVIRONMENT
    threads: ALL_CORES
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        made_by=made_by("threshold", "probe"),
    shell:
        "python -m net2vec_core --log {log} threshold --config {input.config} --network {wildcards.network}"
        " --layer {wildcards.layer} $(printf -- '--activations %s ' {input.activations}) --output {output}"
        " --threads {threads}"


rule filter_masks:
    input:
        checkpoint_file,
        f"{DATASET}/images.csv",
        activations=ancient(activation_shards),
        thresholds=rules.threshold.output,
        config=ancient(CONFIG_FILE),
    output:
        directory(f"{RUN}/{{network}}/{{layer}}/filter_masks.zarr"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/filter_masks.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/filter_masks.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        made_by=made_by("filter-masks", "probe"),
    shell:
        "python -m net2vec_core --log {log} filter-masks --config {input.config} --network {wildcards.network}"
        " --layer {wildcards.layer} $(printf -- '--activations %s ' {input.activations})"
        " --thresholds {input.thresholds} --output {output}"
