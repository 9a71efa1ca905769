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
        mem_mb=2000,
        runtime=60,
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
        neighbours=report(
            f"{RUN}/{{network}}/{{layer}}/neighbours.csv",
            category="Similarity",
            labels={"network": "{network}", "layer": "{layer}"},
            caption="captions/neighbours.rst",
        ),
        analogies=report(
            f"{RUN}/{{network}}/{{layer}}/analogies.csv",
            category="Similarity",
            labels={"network": "{network}", "layer": "{layer}"},
            caption="captions/analogies.rst",
        ),
        map=f"{RUN}/{{network}}/{{layer}}/map.csv",
        relations=report(
            f"{RUN}/{{network}}/{{layer}}/relations.csv",
            category="Similarity",
            labels={"network": "{network}", "layer": "{layer}"},
            caption="captions/relations.rst",
        ),
        relation_summary=report(
            f"{RUN}/{{network}}/{{layer}}/relation_summary.csv",
            category="Similarity",
            labels={"network": "{network}", "layer": "{layer}"},
            caption="captions/relation_summary.rst",
        ),
        task_agreement=report(
            f"{RUN}/{{network}}/{{layer}}/task_agreement.csv",
            category="Similarity",
            labels={"network": "{network}", "layer": "{layer}"},
            caption="captions/task_agreement.rst",
        ),
        filter_overlap=report(
            f"{RUN}/{{network}}/{{layer}}/filter_overlap.csv",
            category="Filter overlap",
            labels={"network": "{network}", "layer": "{layer}"},
            caption="captions/filter_overlap.rst",
        ),
        histogram=f"{RUN}/{{network}}/{{layer}}/overlap_histogram.csv",
        shared_filters=report(
            f"{RUN}/{{network}}/{{layer}}/shared_filters.csv",
            category="Filter overlap",
            labels={"network": "{network}", "layer": "{layer}"},
            caption="captions/shared_filters.rst",
        ),
        units=report(
            f"{RUN}/{{network}}/{{layer}}/units.csv",
            category="Single filters",
            labels={"network": "{network}", "layer": "{layer}"},
            caption="captions/units.rst",
        ),
        detectors=report(
            f"{RUN}/{{network}}/{{layer}}/detectors.csv",
            category="Single filters",
            labels={"network": "{network}", "layer": "{layer}"},
            caption="captions/detectors.rst",
        ),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/relations.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/relations.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        config=CONFIG_FILE,
        made_by=made_by("relations"),
        results=folder_of("single_filter"),
    shell:
        "python -m net2vec_core --log {log} relations --config {params.config} --network {wildcards.network}"
        " --concepts {input.concepts} --cooccurrence {input.cooccurrence}"
        " --classification {input.classification} --results {params.results}"
