rule link:
    input:
        receipt="data/processed/{edition}/identified/ingest.json",
    output:
        receipt="data/processed/{edition}/restricted/link.json",
    log:
        "data/processed/{edition}/logs/link.log",
    benchmark:
        "data/processed/{edition}/benchmarks/link.tsv"
    conda:
        "../environment.yml"
    params:
        stated=lambda w: flow.stated(w.edition, "link"),
        rules=flow.linkage_rules(),
        code=flow.code("link"),
    message:
        flow.message("link")
    shell:
        flow.command("link")


rule assess:
    input:
        linked="data/processed/{edition}/restricted/link.json",
    output:
        receipt="data/processed/{edition}/restricted/assess.json",
    log:
        "data/processed/{edition}/logs/assess.log",
    benchmark:
        "data/processed/{edition}/benchmarks/assess.tsv"
    conda:
        "../environment.yml"
    params:
        stated=lambda w: flow.stated(w.edition, "assess"),
        rules=flow.linkage_rules(),
        code=flow.code("assess"),
    message:
        flow.message("assess")
    shell:
        flow.command("assess")
