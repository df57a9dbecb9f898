#include "models/networks/candidate_net.h"

#include "models/tensor/ops.h"

namespace argent {

using tensor::Tensor;

namespace {

constexpr std::int64_t kHidden = 12;

}  // namespace

CandidateNet::CandidateNet(std::int64_t cells, std::int64_t facts, tensor::Generator& random)
    : filter(tensor::zeros({cells}).requires_grad(true)), hidden(facts, kHidden, random), last(kHidden, 1, random) {}

Tensor CandidateNet::forward(const Tensor& histograms, const Tensor& facts) {
  return (tensor::matmul(histograms, filter.unsqueeze(1)) * kShares + of_facts(facts)).squeeze(-1);
}

Tensor CandidateNet::of_facts(const Tensor& facts) { return last(tanh(hidden(facts))); }

void CandidateNet::describe(tensor::Members& members) {
  members.parameter("filter", filter);
  members.part("hidden", hidden);
  members.part("last", last);
}

}  // namespace argent
