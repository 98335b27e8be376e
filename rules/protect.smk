rule publications:
    input:
        raw=lambda w: flow.raw_files(w.edition),
        releases=lambda w: flow.releases(w.edition),
        register=lambda w: flow.publications(w.edition),
    output:
        publications="data/processed/{edition}/restricted/publications.json",
        recipe="data/processed/{edition}/restricted/recipe.json",
    log:
        "data/processed/{edition}/logs/publications.log",
    benchmark:
        "data/processed/{edition}/benchmarks/publications.tsv"
    conda:
        "../environment.yml"
    params:
        stated=lambda w: flow.stated(w.edition, "publications"),
        rules=flow.linkage_rules(),
        code=flow.code("publications"),
        audited=lambda w: flow.audited(w.edition),
        stages=flow.stages(),
    message:
        flow.message("publications")
    shell:
        flow.command("publications")


rule protect:
    input:
        publications="data/processed/{edition}/restricted/publications.json",
        register=lambda w: flow.publications(w.edition),
        measures="data/processed/{edition}/restricted/measures.parquet",
        official="data/processed/{edition}/restricted/official.parquet",
        contributions="data/processed/{edition}/restricted/contributions.parquet",
        attrition="data/processed/{edition}/restricted/attrition.json",
        standings="data/processed/{edition}/restricted/standings.parquet",
    output:
        safe="data/processed/{edition}/safe/measures.parquet",
        bands="data/processed/{edition}/safe/attrition.json",
        standings="data/processed/{edition}/safe/standings.parquet",
        record="data/processed/{edition}/restricted/protection.parquet",
        choice="data/processed/{edition}/restricted/protection.json",
        ledger="data/processed/{edition}/restricted/ledger.parquet",
        fallbacks="data/processed/{edition}/restricted/fallbacks.parquet",
    log:
        "data/processed/{edition}/logs/protect.log",
    benchmark:
        "data/processed/{edition}/benchmarks/protect.tsv"
    conda:
        "../environment.yml"
    params:
        stated=lambda w: flow.stated(w.edition, "protect"),
        code=flow.code("protect"),
        decided=lambda w: flow.decided(w.edition),
    message:
        flow.message("protect")
    shell:
        flow.command("protect")


rule prove:
    input:
        publications="data/processed/{edition}/restricted/publications.json",
        register=lambda w: flow.publications(w.edition),
        safe="data/processed/{edition}/safe/measures.parquet",
        bands="data/processed/{edition}/safe/attrition.json",
        standings="data/processed/{edition}/safe/standings.parquet",
        measures="data/processed/{edition}/restricted/measures.parquet",
        official="data/processed/{edition}/restricted/official.parquet",
        contributions="data/processed/{edition}/restricted/contributions.parquet",
        attrition="data/processed/{edition}/restricted/attrition.json",
        passed="data/processed/{edition}/restricted/standings.parquet",
        choice="data/processed/{edition}/restricted/protection.json",
        # Made only where no identity is undeclared.
        discovery="data/processed/{edition}/restricted/discovery.json",
    output:
        certificate="data/processed/{edition}/safe/certificate.json",
        intervals="data/processed/{edition}/restricted/intervals.parquet",
    log:
        "data/processed/{edition}/logs/prove.log",
    benchmark:
        "data/processed/{edition}/benchmarks/prove.tsv"
    conda:
        "../environment.yml"
    params:
        stated=lambda w: flow.stated(w.edition, "prove"),
        code=flow.code("prove"),
        decided=lambda w: flow.decided(w.edition),
    message:
        flow.message("prove")
    shell:
        flow.command("prove")


rule verdict:
    output:
        discovery="data/processed/{edition}/restricted/discovery.json",
    log:
        "data/processed/{edition}/logs/verdict.log",
    benchmark:
        "data/processed/{edition}/benchmarks/verdict.tsv"
    conda:
        "../environment.yml"
    params:
        code=flow.code("verdict"),
        # The words of a declaration are no part of it.
        declared=lambda w: flow.declared(w.edition),
    message:
        flow.message("verdict")
    shell:
        flow.command("verdict")
