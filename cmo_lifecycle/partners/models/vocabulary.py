"""Choices that several nouns share."""

from django.db import models


class Modality(models.TextChoices):
    SMALL_MOLECULE = "small_molecule", "Small molecule"
    BIOLOGIC = "biologic", "Biologic"
    CELL_GENE = "cell_gene", "Cell and gene therapy"
    VACCINE = "vaccine", "Vaccine"
    OLIGONUCLEOTIDE = "oligonucleotide", "Oligonucleotide or peptide"
    DIAGNOSTIC = "diagnostic", "Diagnostic"
    DEVICE = "device", "Device or combination product"
    OTHER = "other", "Other"


class Service(models.TextChoices):
    DRUG_SUBSTANCE = "drug_substance", "Drug substance"
    DRUG_PRODUCT = "drug_product", "Drug product"
    STERILE_FILL_FINISH = "sterile_fill_finish", "Sterile fill-finish"
    PACKAGING = "packaging", "Packaging and labelling"
    ANALYTICAL = "analytical", "Analytical testing"
    CELL_BANKING = "cell_banking", "Cell banking"
    DEVELOPMENT = "development", "Process development"
    DISTRIBUTION = "distribution", "Storage and distribution"
    FINISHED_GOODS = "finished_goods", "Finished goods"


class Scale(models.TextChoices):
    LAB = "lab", "Laboratory"
    PILOT = "pilot", "Pilot"
    CLINICAL = "clinical", "Clinical"
    COMMERCIAL = "commercial", "Commercial"


class Phase(models.TextChoices):
    PRECLINICAL = "preclinical", "Preclinical"
    PHASE_1 = "phase_1", "Phase 1"
    PHASE_2 = "phase_2", "Phase 2"
    PHASE_3 = "phase_3", "Phase 3"
    REGISTRATION = "registration", "Registration"
    COMMERCIAL = "commercial", "Commercial"


class Tier(models.IntegerChoices):
    TIER_1 = 1, "Tier 1"
    TIER_2 = 2, "Tier 2"
    TIER_3 = 3, "Tier 3"
