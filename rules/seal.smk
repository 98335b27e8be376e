rule readback:
    input:
        safe="data/processed/{edition}/safe/measures.parquet",
        standings="data/processed/{edition}/safe/standings.parquet",
        proof="data/processed/{edition}/safe/certificate.json",
        pages=flow.documents("page"),
        pdfs=flow.documents("pdf"),
        drawn="data/processed/{edition}/draft/.draw.json",
        written="data/processed/{edition}/draft/.write.json",
        tabulated="data/processed/{edition}/draft/.tabulate.json",
    output:
        record="data/processed/{edition}/draft/readback.json",
    log:
        "data/processed/{edition}/logs/readback.log",
    benchmark:
        "data/processed/{edition}/benchmarks/readback.tsv"
    conda:
        "../environment.yml"
    params:
        stated=lambda w: flow.stated(w.edition),
        code=flow.code("readback"),
    message:
        flow.message("readback")
    shell:
        flow.command("readback")


rule seal:
    input:
        receipt="data/processed/{edition}/identified/ingest.json",
        publications="data/processed/{edition}/restricted/publications.json",
        recipe="data/processed/{edition}/restricted/recipe.json",
        ledger="data/processed/{edition}/restricted/ledger.parquet",
        fallbacks="data/processed/{edition}/restricted/fallbacks.parquet",
        linked="data/processed/{edition}/restricted/link.json",
        safe="data/processed/{edition}/safe/measures.parquet",
        standings="data/processed/{edition}/safe/standings.parquet",
        pages=flow.documents("page"),
        pdfs=flow.documents("pdf"),
        readback="data/processed/{edition}/draft/readback.json",
        lock="requirements.lock",
    output:
        # Not the published manifest: an output is deleted before its rule runs.
        receipt="data/processed/{edition}/seal.json",
    log:
        "data/processed/{edition}/logs/seal.log",
    benchmark:
        "data/processed/{edition}/benchmarks/seal.tsv"
    conda:
        "../environment.yml"
    params:
        code=flow.code("seal"),
        # The manifest lists the configuration, and names the commit.
        config=lambda w: flow.as_written(w.edition),
        source=flow.source(),
    message:
        flow.message("seal")
    shell:
        flow.command("seal")
