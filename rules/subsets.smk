rule subsets:
    input:
        rules.concepts.output,
        labels=rules.dataset.output.labels,
        classification=first_classification,
        segmentation=first_fits,
        few=batches_of("segmentation_subsets"),
    output:
        table_of_layer("subsets", "Subsets", "subsets_table"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/subsets.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/subsets.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=memory_of("tables"),
        runtime=minutes_of("tables"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("subsets"),
        dataset=folder_of("labels"),
        segmentation=repeated("--segmentation", "segmentation"),
        few=repeated("--segmentation-subsets", "few"),
    shell:
        "python -m net2vec_core --log {log} subsets --config {params.config} --network {wildcards.network}"
        " --dataset {params.dataset} --classification {input.classification} {params.segmentation} {params.few}"
        " --output {output}"
