rule single_filter:
    input:
        rules.dataset.output.labels,
        rules.concepts.output,
        filter_masks=rules.filter_masks.output,
        config=ancient(CONFIG_FILE),
    output:
        directory(f"{RUN}/{{network}}/{{layer}}/single_filter.zarr"),
    params:
        made_by=made_by("single-filter"),
        dataset=DATASET,
    threads: ALL_CORES
    resources:
        gpu=GPU,
        mem_mb=4000,
        runtime=240,
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/single_filter.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/single_filter.tsv"
    conda:
        ENVIRONMENT
    shell:
        "python -m net2vec_core --log {log} single-filter --config {input.config} --network {wildcards.network}"
        " --dataset {params.dataset} --filter-masks {input.filter_masks} --output {output} --threads {threads}"
