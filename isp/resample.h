// isp/resample.h - private: weights of a change of size.
#pragma once

#include <cstdint>
#include <vector>

namespace argent {

/// Output position p is the sum over k of weights[p * taps + k] * input[clamp(start[p] + k)]; the weights of p sum to 1.
struct ResampleWeights {
  int taps = 0;
  std::vector<float> weights;
  std::vector<std::int32_t> start;
};

/// sinc(x) sinc(x / 3), 0 from 3 pixels on.
double lanczos3(double x);

/// Lanczos-3, stretched by the ratio when shrinking, so that nothing aliases.
ResampleWeights make_resample_weights(int from, int to);

}  // namespace argent
