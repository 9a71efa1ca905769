rule filter_masks:
    input:
        activations=activation_shards,
    output:
        thresholds=table_of_layer("thresholds", "Thresholds"),
        filter_masks=directory(f"{RUN}/{{network}}/{{layer}}/filter_masks.zarr"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/filter_masks.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/filter_masks.tsv"
    conda:
        ENVIRONMENT
    threads: CORES_OF_LAYER
    resources:
        mem_mb=memory_of("filter_masks"),
        runtime=minutes_of("filter_masks"),
    params:
        config=CONFIG_FILE,
        activations=repeated("--activations", "activations"),
        made_by=made_by("filter-masks"),
    shell:
        "python -m net2vec_core --log {log} filter-masks --config {params.config} --network {wildcards.network}"
        " --layer {wildcards.layer} {params.activations} --thresholds-csv {output.thresholds}"
        " --output {output.filter_masks} --threads {threads}"
