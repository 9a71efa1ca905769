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


rule similarity:
    input:
        embeddings=rules.tables.output.embeddings,
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
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/similarity.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/similarity.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        config=CONFIG_FILE,
        made_by=made_by("similarity"),
    shell:
        "python -m net2vec_core --log {log} similarity --config {params.config} --network {wildcards.network}"
        " --embeddings {input.embeddings} --concepts {input.concepts} --cooccurrence {input.cooccurrence}"
        " --classification {input.classification} --cosine-csv {output.cosine}"
        " --neighbours-csv {output.neighbours} --analogies-csv {output.analogies} --map-csv {output.map}"
        " --relations-csv {output.relations} --relation-summary-csv {output.relation_summary}"
        " --task-agreement-csv {output.task_agreement}"


rule overlap:
    input:
        concepts=rules.concepts.output.table,
        counts=rules.single_filter.output,
        single_filter=rules.tables.output.single_filter,
        embeddings=rules.tables.output.embeddings,
    output:
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
        f"{RUN}/logs/{{network}}/{{layer}}/overlap.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/overlap.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        config=CONFIG_FILE,
        made_by=made_by("overlap"),
    shell:
        "python -m net2vec_core --log {log} overlap --config {params.config} --network {wildcards.network}"
        " --concepts {input.concepts} --single-filter {input.single_filter} --counts {input.counts}"
        " --embeddings {input.embeddings} --filter-overlap-csv {output.filter_overlap}"
        " --overlap-histogram-csv {output.histogram} --shared-filters-csv {output.shared_filters}"
        " --units-csv {output.units} --detectors-csv {output.detectors}"
