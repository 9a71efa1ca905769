# weights may have to be downloaded, which the nodes of a cluster often cannot
localrules:
    network,
    weights,


rule network:
    input:
        network_files,
    output:
        f"{RUN}/{{network}}/layers.csv",
    log:
        f"{RUN}/logs/{{network}}/network.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/network.tsv"
    # before anything heavy: a wrong layer or weights file should stop the run at once
    priority: 100
    conda:
        ENVIRONMENT
    resources:
        mem_mb=memory_of("network"),
        runtime=minutes_of("network"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("network"),
        layers=lambda wildcards: CONFIG.networks[wildcards.network].layers,
        # of the jobs that follow; a parameter that takes the output is not compared
        threads=lambda wildcards, output: MOST_THREADS,
    shell:
        "python -m net2vec_core --log {log} network --config {params.config} --network {wildcards.network}"
        " --output {output} --threads {params.threads}"


# a job of its own, since probing depends on it, and not on which layers are asked for
rule weights:
    input:
        network_files,
    output:
        f"{RUN}/{{network}}/{FINGERPRINT}",
    log:
        f"{RUN}/logs/{{network}}/weights.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/weights.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=memory_of("network"),
        runtime=minutes_of("network"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("weights"),
    shell:
        "python -m net2vec_core --log {log} weights --config {params.config} --network {wildcards.network}"
        " --output {output}"


rule probe:
    input:
        network_files,
        rules.weights.output,
        images=f"{DATASET}/images.csv",
    output:
        directory(f"{RUN}/{{network}}/activations/{{shard}}{{forward_pass}}.zarr"),
    log:
        f"{RUN}/logs/{{network}}/probe/{{shard}}{{forward_pass}}.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/probe/{{shard}}{{forward_pass}}.tsv"
    conda:
        ENVIRONMENT
    threads: ALL_CORES
    resources:
        gpu=GPU,
        mem_mb=memory_of("probe"),
        runtime=minutes_of("probe"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("probe"),
        layers=layers_of_pass,
        dataset=folder_of("images"),
    shell:
        "python -m net2vec_core --log {log} probe --config {params.config} --network {wildcards.network}"
        " {params.layers} --dataset {params.dataset} --shard {wildcards.shard}"
        " --output {output} --threads {threads}"
