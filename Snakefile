import os

from snakemake.utils import min_version

min_version("9.27")

if not workflow.configfiles:

    configfile: "config.yaml" if os.path.exists("config.yaml") else f"{workflow.basedir}/config.yaml"


report: "rules/captions/run.rst"


include: "rules/common.smk"
include: "rules/dataset.smk"
include: "rules/network.smk"
include: "rules/filter_masks.smk"
include: "rules/single_filter.smk"
include: "rules/segmentation.smk"
include: "rules/evaluation.smk"
include: "rules/classification.smk"
include: "rules/subsets.smk"
include: "rules/relations.smk"
include: "rules/comparison.smk"
include: "rules/figures.smk"
include: "rules/report.smk"
include: "rules/provenance.smk"


onstart:
    keep_others_out()
    print(what_will_be_done())
    write_what_jobs_read()


onsuccess:
    print(where_to_look())


onerror:
    print(why_it_stopped(log))


rule all:
    default_target: True
    input:
        results_of_layers(),
        shown(),
        rules.provenance.output,
