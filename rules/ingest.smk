rule ingest:
    input:
        raw=lambda w: flow.raw_files(w.edition),
    output:
        receipt="data/processed/{edition}/identified/ingest.json",
        quality="data/processed/{edition}/restricted/quality.parquet",
        violations="data/processed/{edition}/restricted/violations.parquet",
        attrition="data/processed/{edition}/restricted/attrition.parquet",
    log:
        "data/processed/{edition}/logs/ingest.log",
    benchmark:
        "data/processed/{edition}/benchmarks/ingest.tsv"
    conda:
        "../environment.yml"
    params:
        stated=lambda w: flow.stated(w.edition, "ingest"),
        code=flow.code("ingest"),
    message:
        flow.message("ingest")
    shell:
        flow.command("ingest")


rule published:
    input:
        releases=lambda w: flow.releases(w.edition),
    output:
        measures="data/processed/{edition}/restricted/published.parquet",
        standings="data/processed/{edition}/restricted/standings.parquet",
        receipt="data/processed/{edition}/restricted/published.json",
    log:
        "data/processed/{edition}/logs/published.log",
    benchmark:
        "data/processed/{edition}/benchmarks/published.tsv"
    conda:
        "../environment.yml"
    params:
        stated=lambda w: flow.stated(w.edition, "published"),
        code=flow.code("published"),
        audited=lambda w: flow.audited(w.edition),
    message:
        flow.message("published")
    shell:
        flow.command("published")
