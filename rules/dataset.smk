localrules:
    configure,
    concepts,


rule configure:
    output:
        CONFIG_FILE,
    params:
        json=lambda _: CONFIG.model_dump_json(),
    log:
        f"{RUN}/logs/configure.log",
    conda:
        ENVIRONMENT
    shell:
        "python -m net2vec_core --log {log} configure --json {params.json:q} --output {output}"


checkpoint dataset:
    input:
        dataset_files,
        config=ancient(CONFIG_FILE),
    output:
        labels=directory(f"{DATASET}/labels.zarr"),
        images=f"{DATASET}/images.csv",
        occurrences=f"{DATASET}/occurrences.csv.gz",
        drawings=directory(f"{DATASET}/drawings"),
    params:
        made_by=made_by("dataset"),
    threads: ALL_CORES
    resources:
        mem_mb=4000,
        runtime=120,
    log:
        f"{RUN}/logs/dataset.log",
    benchmark:
        f"{RUN}/benchmarks/dataset.tsv"
    conda:
        ENVIRONMENT
    shell:
        "python -m net2vec_core --log {log} dataset --config {input.config} --labels {output.labels}"
        " --images {output.images} --occurrences {output.occurrences} --drawings {output.drawings} --threads {threads}"


checkpoint concepts:
    input:
        rules.dataset.output.labels,
        rules.dataset.output.images,
        rules.dataset.output.occurrences,
        config=ancient(CONFIG_FILE),
    output:
        table=report(f"{DATASET}/concepts.csv", category="Data set", caption="captions/concepts.rst"),
    params:
        made_by=made_by("concepts"),
    log:
        f"{RUN}/logs/concepts.log",
    benchmark:
        f"{RUN}/benchmarks/concepts.tsv"
    conda:
        ENVIRONMENT
    shell:
        "python -m net2vec_core --log {log} concepts --config {input.config} --dataset " + DATASET + " --output {output}"
