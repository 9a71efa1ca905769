rule single_filter:
    input:
        rules.concepts.output,
        labels=rules.dataset.output.labels,
        filter_masks=rules.filter_masks.output.filter_masks,
    output:
        directory(f"{RUN}/{{network}}/{{layer}}/single_filter.zarr"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/single_filter.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/single_filter.tsv"
    conda:
        ENVIRONMENT
    threads: CORES_OF_LAYER
    resources:
        mem_mb=memory_of("single_filter"),
        runtime=minutes_of("single_filter"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("single-filter"),
        dataset=folder_of("labels"),
    shell:
        "python -m net2vec_core --log {log} single-filter --config {params.config} --network {wildcards.network}"
        " --dataset {params.dataset} --filter-masks {input.filter_masks} --output {output} --threads {threads}"


rule fair_single_filter:
    input:
        rules.concepts.output,
        labels=rules.dataset.output.labels,
        activations=activation_shards,
    output:
        store=directory(f"{RUN}/{{network}}/{{layer}}/fair_single_filter.zarr"),
        table=table_of_layer("fair_single_filter", "Single filters"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/fair_single_filter.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/fair_single_filter.tsv"
    conda:
        ENVIRONMENT
    threads: CORES_OF_LAYER
    resources:
        mem_mb=memory_of("fair_single_filter"),
        runtime=minutes_of("fair_single_filter"),
    params:
        config=CONFIG_FILE,
        activations=repeated("--activations", "activations"),
        made_by=made_by("fair-single-filter"),
        dataset=folder_of("labels"),
    shell:
        "python -m net2vec_core --log {log} fair-single-filter --config {params.config} --network {wildcards.network}"
        " --layer {wildcards.layer} --dataset {params.dataset} {params.activations} --table {output.table}"
        " --output {output.store} --threads {threads}"


rule rotated:
    input:
        rules.concepts.output,
        labels=rules.dataset.output.labels,
        activations=activation_shards,
    output:
        filter_masks=directory(f"{RUN}/{{network}}/{{layer}}/rotated/filter_masks.zarr"),
        counts=directory(f"{RUN}/{{network}}/{{layer}}/rotated/single_filter.zarr"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/rotated.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/rotated.tsv"
    conda:
        ENVIRONMENT
    threads: CORES_OF_LAYER
    resources:
        mem_mb=memory_of("rotated"),
        runtime=minutes_of("rotated"),
    params:
        config=CONFIG_FILE,
        activations=repeated("--activations", "activations"),
        made_by=made_by("rotated"),
        dataset=folder_of("labels"),
    shell:
        "python -m net2vec_core --log {log} rotated --config {params.config} --network {wildcards.network}"
        " --layer {wildcards.layer} --dataset {params.dataset} {params.activations}"
        " --filter-masks {output.filter_masks} --counts {output.counts} --threads {threads}"
