rule cooccurrence:
    input:
        rules.concepts.output,
        labels=rules.dataset.output.labels,
    output:
        f"{DATASET}/cooccurrence.csv.gz",
    log:
        f"{RUN}/logs/cooccurrence.log",
    benchmark:
        f"{RUN}/benchmarks/cooccurrence.tsv"
    conda:
        ENVIRONMENT
    threads: 4
    resources:
        mem_mb=memory_of("cooccurrence"),
        runtime=minutes_of("cooccurrence"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("cooccurrence"),
        dataset=folder_of("labels"),
    shell:
        "python -m net2vec_core --log {log} cooccurrence --config {params.config} --dataset {params.dataset}"
        " --output {output} --threads {threads}"


rule relations:
    input:
        rules.single_filter.output,
        rules.tables.output.embeddings,
        single_filter=rules.tables.output.single_filter,
        concepts=rules.concepts.output.table,
        cooccurrence=rules.cooccurrence.output,
        classification=first_classification,
    output:
        cosine=f"{RUN}/{{network}}/{{layer}}/cosine_similarity.csv",
        neighbours=table_of_layer("neighbours", "Similarity"),
        analogies=table_of_layer("analogies", "Similarity"),
        map=f"{RUN}/{{network}}/{{layer}}/map.csv",
        relations=table_of_layer("relations", "Similarity"),
        relation_summary=table_of_layer("relation_summary", "Similarity"),
        task_agreement=table_of_layer("task_agreement", "Similarity"),
        filter_overlap=table_of_layer("filter_overlap", "Filter overlap"),
        histogram=f"{RUN}/{{network}}/{{layer}}/overlap_histogram.csv",
        shared_filters=table_of_layer("shared_filters", "Filter overlap"),
        units=table_of_layer("units", "Single filters"),
        detectors=table_of_layer("detectors", "Single filters"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/relations.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/relations.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=memory_of("tables"),
        runtime=minutes_of("tables"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("relations"),
        results=folder_of("single_filter"),
    shell:
        "python -m net2vec_core --log {log} relations --config {params.config} --network {wildcards.network}"
        " --concepts {input.concepts} --cooccurrence {input.cooccurrence}"
        " --classification {input.classification} --results {params.results}"
