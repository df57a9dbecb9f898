// aaa/illuminants/bayes.h - private: the Bayesian estimator with another surface prior than the shipped one (cross-validation).
#pragma once

#include <memory>

#include "aaa/illuminant.h"
#include "aaa/illuminants/surface_prior.h"

namespace argent {

std::unique_ptr<IlluminantEstimator> make_bayes_with(const SurfacePrior& surfaces, const LightFusionParams& fusion = {});

}  // namespace argent
