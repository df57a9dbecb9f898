// models/networks/candidate_net.h - which of several explanations is likely, by what the data look like from each.
//
// Source: the convolution of Barron, Convolutional color constancy (ICCV 2015) and Barron and Tsai, Fast Fourier color constancy (CVPR
// 2017), taken only at the shifts that are possible: each candidate brings the histogram that it sees, one filter judges them all.
#pragma once

#include "models/tensor/layers/linear.h"

namespace argent {

class CandidateNet final : public tensor::Module {
 public:
  /// `cells` of a histogram, `facts` about a candidate. The filter starts at 0.
  CandidateNet(std::int64_t cells, std::int64_t facts, tensor::Generator& random);

  /// What the filter gives counts so many times: shares of 1 are small, and filters of about this size learn as fast as the other weights.
  static constexpr double kShares = 20;

  /// histograms [N, L, cells], facts [N, L, facts] -> scores [N, L]: logarithms of probabilities up to a constant.
  tensor::Tensor forward(const tensor::Tensor& histograms, const tensor::Tensor& facts);
  /// The part of the scores that does not come from the filter: facts [N, L, facts] -> [N, L, 1].
  tensor::Tensor of_facts(const tensor::Tensor& facts);
  void describe(tensor::Members& members) override;

  tensor::Tensor filter;        ///< [cells]
  tensor::Linear hidden, last;  ///< of the facts
};

}  // namespace argent
