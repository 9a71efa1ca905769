rule evaluation:
    input:
        rules.concepts.output,
        labels=rules.dataset.output.labels,
        filter_masks=rules.filter_masks.output.filter_masks,
        counts=rules.single_filter.output,
        embeddings=rules.tables.output.embeddings,
    output:
        table_of_layer("evaluation", "Segmentation"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/evaluation.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/evaluation.tsv"
    conda:
        ENVIRONMENT
    threads: CORES_OF_LAYER
    resources:
        mem_mb=memory_of("evaluation"),
        runtime=minutes_of("evaluation"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("evaluation"),
        dataset=folder_of("labels"),
    shell:
        "python -m net2vec_core --log {log} evaluation --config {params.config} --network {wildcards.network}"
        " --dataset {params.dataset} --filter-masks {input.filter_masks} --counts {input.counts}"
        " --embeddings {input.embeddings} --output {output} --threads {threads}"
