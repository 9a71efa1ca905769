rule report:
    input:
        rules.concepts.output,
        [f"{RUN}/{network}/{layer}/{table}.csv" for network, layer in LAYERS for table in OF_LAYER],
        [
            f"{RUN}/{network}/{layer}/{name}"
            for network, layer in LAYERS
            for name in ("embeddings.zarr", "filter_masks.zarr", "individual_iou.csv.gz")
        ],
        [f"{RUN}/comparison/{table}.csv" for table in OF_RUN],
        labels=rules.dataset.output.labels,
    output:
        directory(f"{RUN}/report"),
    log:
        f"{RUN}/logs/report.log",
    benchmark:
        f"{RUN}/benchmarks/report.tsv"
    conda:
        ENVIRONMENT
    threads: 4
    resources:
        mem_mb=memory_of("pictures"),
        runtime=minutes_of("pictures"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("report"),
        results=lambda _: RUN,
    shell:
        "python -m net2vec_core --log {log} report --config {params.config} --results {params.results}"
        " --output {output} --threads {threads}"
