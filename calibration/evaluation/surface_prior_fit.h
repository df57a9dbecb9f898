// calibration/evaluation/surface_prior_fit.h - fits what surfaces and lights are like (surface_prior.h) to labelled statistics.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "aaa/illuminants/surface_prior.h"

namespace argent {

/// One picture, ready for fitting: its colors, its sensor's candidates, and the light's mired.
struct FitSample {
  std::vector<ColorVote> votes;
  std::vector<CurveCandidate> candidates;
  float lux = 0, mired = 0;
};

FitSample fit_sample(const Statistics& statistics, const IlluminantPrior& prior, float lux, float kelvin);

/// Regularised logistic regression over the candidates (cross-entropy to a Gaussian about the label), by Adam. Deterministic.
SurfacePrior fit_surface_prior(std::span<const FitSample* const> samples);

/// The source file surface_prior_table.cpp.
std::string source_of(const SurfacePrior& prior);

}  // namespace argent
