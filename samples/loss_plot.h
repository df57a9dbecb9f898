// samples/loss_plot.h - the losses of a training as a picture.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace argent {

struct LossCurve {
  std::string name;
  std::vector<double> losses;  ///< above 0, one a step
};

/// The losses over the steps as SVG, on a logarithmic scale. Empty when no curve has two steps.
std::string loss_plot(std::span<const LossCurve> curves);

}  // namespace argent
