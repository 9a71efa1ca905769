rule single_filter:
    input:
        rules.concepts.output,
        labels=rules.dataset.output.labels,
        filter_masks=rules.filter_masks.output,
    output:
        directory(f"{RUN}/{{network}}/{{layer}}/single_filter.zarr"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/single_filter.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/single_filter.tsv"
    conda:
        ENVIRONMENT
    threads: 8
    resources:
        mem_mb=4000,
        runtime=240,
    params:
        config=CONFIG_FILE,
        made_by=made_by("single-filter"),
        dataset=folder_of("labels"),
    shell:
        "python -m net2vec_core --log {log} single-filter --config {params.config} --network {wildcards.network}"
        " --dataset {params.dataset} --filter-masks {input.filter_masks} --output {output} --threads {threads}"
