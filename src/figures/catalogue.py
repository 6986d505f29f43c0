"""All figures by name. Adding one is a file beside this and a line here."""

from pathlib import Path

from src.figures.architecture_batches import architecture_batches
from src.figures.architecture_dots import architecture_accuracy, tuning_gains
from src.figures.batch_answer import batch_answer
from src.figures.batch_generalization import batch_generalization
from src.figures.batch_progress import batch_progress
from src.figures.batch_rates import batch_rates
from src.figures.comparison_curves import comparison_curves
from src.figures.comparison_rates import comparison_rates
from src.figures.conditioning_scan import conditioning_scan
from src.figures.conditioning_steps import conditioning_steps
from src.figures.conditioning_theory import conditioning_theory
from src.figures.contract import About, Draw, Tables
from src.figures.cost_map import cost_map
from src.figures.diagnosis_confusion import diagnosis_confusion
from src.figures.diagnosis_gallery import diagnosis_gallery
from src.figures.distance_concentration import distance_concentration
from src.figures.estimation_error import estimation_error
from src.figures.feature_scaling import feature_scaling
from src.figures.ga_effects import ga_effects
from src.figures.ga_maps import ga_maps
from src.figures.ga_populations import ga_populations
from src.figures.gradient_distribution import gradient_distribution
from src.figures.initialization_depth import initialization_depth
from src.figures.initialization_layers import initialization_layers, initialization_trained
from src.figures.initialization_symmetry import initialization_symmetry
from src.figures.landscape import landscape, landscape_curve
from src.figures.landscape_gallery import landscape_gallery
from src.figures.layer_signals import layer_signals
from src.figures.loss_band import loss_band
from src.figures.monitor_panels import monitor_panels
from src.figures.mutation_rate import mutation_rate
from src.figures.network_costs import network_costs
from src.figures.noise_regularization import noise_regularization
from src.figures.noise_scale import noise_scale
from src.figures.paths import paths
from src.figures.performance_profile import performance_profile
from src.figures.population import population, population_movie
from src.figures.ranking import ranking
from src.figures.rate_sensitivity import rate_sensitivity
from src.figures.runtime_profiles import runtime_profiles
from src.figures.safeguards_clipping import safeguards_clipping
from src.figures.safeguards_escape import safeguards_escape
from src.figures.safeguards_explosion import safeguards_explosion
from src.figures.safeguards_rates import safeguards_rates
from src.figures.safeguards_robustness import safeguards_robustness
from src.figures.save import save, suffix_of
from src.figures.schedule_curves import schedule_curves
from src.figures.schedule_effects import schedule_effects
from src.figures.schedule_factors import schedule_factors
from src.figures.schedule_noise import schedule_noise
from src.figures.search_conditions import search_conditions
from src.figures.search_contests import search_contests
from src.figures.search_costs import search_costs
from src.figures.search_dimensions import search_dimensions
from src.figures.search_progress import search_progress
from src.figures.starting_coverage import starting_coverage
from src.figures.starting_map import starting_map
from src.figures.stopping_curves import stopping_curves
from src.figures.stopping_tasks import stopping_tasks
from src.figures.stopping_tradeoff import stopping_tradeoff
from src.figures.success import success
from src.figures.symmetries import permutation_symmetry, scale_symmetry, symmetries
from src.figures.trained_share import trained_share
from src.figures.tuned_and_default import tuned_and_default
from src.figures.valley_oscillation import valley_oscillation

RUN: dict[str, Draw] = {
    "loss_band": loss_band,
    "monitor_panels": monitor_panels,
    "rate_sensitivity": rate_sensitivity,
    "paths": paths,
    "landscape": landscape,
    "landscape_curve": landscape_curve,
    "distance_concentration": distance_concentration,
    "permutation_symmetry": permutation_symmetry,
    "scale_symmetry": scale_symmetry,
    "stopping_curves": stopping_curves,
    "starting_map": starting_map,
    "gradient_distribution": gradient_distribution,
    "tuned_and_default": tuned_and_default,
    "search_dimensions": search_dimensions,
    "population": population,
    "population_movie": population_movie,
}
STUDY: dict[str, Draw] = {
    "comparison_curves": comparison_curves,
    "comparison_rates": comparison_rates,
    "performance_profile": performance_profile,
    "success": success,
    "ranking": ranking,
    "landscape_gallery": landscape_gallery,
    "distance_concentration": distance_concentration,
    "symmetries": symmetries,
    "schedule_effects": schedule_effects,
    "schedule_factors": schedule_factors,
    "schedule_noise": schedule_noise,
    "schedule_curves": schedule_curves,
    "trained_share": trained_share,
    "stopping_tradeoff": stopping_tradeoff,
    "stopping_tasks": stopping_tasks,
    "batch_answer": batch_answer,
    "batch_generalization": batch_generalization,
    "batch_progress": batch_progress,
    "batch_rates": batch_rates,
    "estimation_error": estimation_error,
    "noise_scale": noise_scale,
    "initialization_layers": initialization_layers,
    "initialization_depth": initialization_depth,
    "initialization_symmetry": initialization_symmetry,
    "initialization_trained": initialization_trained,
    "starting_coverage": starting_coverage,
    "starting_map": starting_map,
    "conditioning_steps": conditioning_steps,
    "conditioning_theory": conditioning_theory,
    "conditioning_scan": conditioning_scan,
    "valley_oscillation": valley_oscillation,
    "feature_scaling": feature_scaling,
    "layer_signals": layer_signals,
    "safeguards_robustness": safeguards_robustness,
    "safeguards_rates": safeguards_rates,
    "safeguards_explosion": safeguards_explosion,
    "safeguards_clipping": safeguards_clipping,
    "safeguards_escape": safeguards_escape,
    "noise_regularization": noise_regularization,
    "diagnosis_confusion": diagnosis_confusion,
    "diagnosis_gallery": diagnosis_gallery,
    "architecture_accuracy": architecture_accuracy,
    "tuning_gains": tuning_gains,
    "architecture_batches": architecture_batches,
    "ga_effects": ga_effects,
    "ga_maps": ga_maps,
    "ga_populations": ga_populations,
    "search_progress": search_progress,
    "cost_map": cost_map,
    "runtime_profiles": runtime_profiles,
    "search_costs": search_costs,
    "search_contests": search_contests,
    "search_conditions": search_conditions,
    "network_costs": network_costs,
    "mutation_rate": mutation_rate,
}


def render(figures: dict[str, Draw], tables: Tables, about: About, folder: Path) -> list[Path]:
    """Draw those of ``figures`` whose tables are there, each as ``folder/NAME.png`` or ``.gif``; the files."""
    written = []
    for name, draw in figures.items():
        figure = draw(tables, about)
        if figure is not None:
            written.append(folder / f"{name}{suffix_of(figure)}")
            save(figure, written[-1])
    return written
