rule similarity:
    input:
        embeddings=rules.tables.output.embeddings,
        concepts=rules.concepts.output.table,
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
        " --embeddings {input.embeddings} --concepts {input.concepts} --cosine-csv {output.cosine}"
        " --neighbours-csv {output.neighbours} --analogies-csv {output.analogies} --map-csv {output.map}"


rule overlap:
    input:
        single_filter=rules.tables.output.single_filter,
        embeddings=rules.tables.output.embeddings,
    output:
        report(
            f"{RUN}/{{network}}/{{layer}}/filter_overlap.csv",
            category="Filter overlap",
            labels={"network": "{network}", "layer": "{layer}"},
            caption="captions/filter_overlap.rst",
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
        " --single-filter {input.single_filter} --embeddings {input.embeddings} --output {output}"
