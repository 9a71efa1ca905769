rule threshold:
    input:
        activations=activation_shards,
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
    threads: 4
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        config=CONFIG_FILE,
        activations=repeated("--activations", "activations"),
        made_by=made_by("threshold"),
    shell:
        "python -m net2vec_core --log {log} threshold --config {params.config} --network {wildcards.network}"
        " --layer {wildcards.layer} {params.activations} --output {output}"
        " --threads {threads}"


rule filter_masks:
    input:
        activations=activation_shards,
        thresholds=rules.threshold.output,
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
        config=CONFIG_FILE,
        activations=repeated("--activations", "activations"),
        made_by=made_by("filter-masks"),
    shell:
        "python -m net2vec_core --log {log} filter-masks --config {params.config} --network {wildcards.network}"
        " --layer {wildcards.layer} {params.activations}"
        " --thresholds {input.thresholds} --output {output}"
