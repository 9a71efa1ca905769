rule pool:
    input:
        activations=activation_shards,
    output:
        directory(f"{RUN}/{{network}}/{{layer}}/pooled.zarr"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/pool.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/pool.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=memory_of("pool"),
        runtime=minutes_of("pool"),
    params:
        config=CONFIG_FILE,
        activations=repeated("--activations", "activations"),
        made_by=made_by("pool"),
    shell:
        "python -m net2vec_core --log {log} pool --config {params.config} --network {wildcards.network}"
        " --layer {wildcards.layer} {params.activations} --output {output}"


rule classification:
    input:
        rules.concepts.output,
        labels=rules.dataset.output.labels,
        pooled=rules.pool.output,
    output:
        directory(f"{RUN}/{{network}}/{{layer}}/classification/{{recipe}}/{{seed}}.zarr"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/classification/{{recipe}}/{{seed}}.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/classification/{{recipe}}/{{seed}}.tsv"
    conda:
        ENVIRONMENT
    resources:
        gpu=GPU,
        mem_mb=memory_of("classification"),
        runtime=minutes_of("classification"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("classification"),
        dataset=folder_of("labels"),
    shell:
        "python -m net2vec_core --log {log} classification --config {params.config} --network {wildcards.network}"
        " --dataset {params.dataset} --pooled {input.pooled} --recipe {wildcards.recipe} --seed {wildcards.seed}"
        " --output {output}"


rule classification_table:
    input:
        concepts=rules.concepts.output.table,
        fits=[
            f"{RUN}/{{network}}/{{layer}}/classification/{CONFIG.classification.recipe}/{seed}.zarr"
            for seed in CONFIG.classification.seeds
        ],
    output:
        table_of_layer("classification", "Classification"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/classification_table.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/classification_table.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=memory_of("tables"),
        runtime=minutes_of("tables"),
    params:
        config=CONFIG_FILE,
        fits=repeated("--fits", "fits"),
        made_by=made_by("classification-table"),
        dataset=folder_of("concepts"),
    shell:
        "python -m net2vec_core --log {log} classification-table --config {params.config} --network {wildcards.network}"
        " --dataset {params.dataset} {params.fits} --output {output}"
