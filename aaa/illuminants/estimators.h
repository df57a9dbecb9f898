// aaa/illuminants/estimators.h - private: the makers that illuminant.cpp's table names, one per file of this folder.
#pragma once

#include <memory>

#include "aaa/illuminant.h"

namespace argent {

std::unique_ptr<IlluminantEstimator> make_grey_world();
std::unique_ptr<IlluminantEstimator> make_shades_of_grey();
std::unique_ptr<IlluminantEstimator> make_white_patch();
std::unique_ptr<IlluminantEstimator> make_grey_edge();
std::unique_ptr<IlluminantEstimator> make_grey_pixel();
std::unique_ptr<IlluminantEstimator> make_grey_edge_second();
std::unique_ptr<IlluminantEstimator> make_rpi_bayes();
std::unique_ptr<IlluminantEstimator> make_bayes();
std::unique_ptr<IlluminantEstimator> make_learned_colors();
std::unique_ptr<IlluminantEstimator> make_learned_zones();
std::unique_ptr<IlluminantEstimator> make_fused();

}  // namespace argent
