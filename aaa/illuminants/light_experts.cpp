#include "aaa/illuminants/light_experts.h"

#include <algorithm>
#include <cmath>
#include <mutex>

namespace argent {

using tensor::Plan, tensor::Tensor;

namespace {

/// Scores less the log of the sum of their exponentials.
void to_log_probabilities(std::span<float> scores) {
  if (scores.empty()) return;
  const float top = *std::max_element(scores.begin(), scores.end());
  float sum = 0;
  for (float score : scores) sum += std::exp(score - top);
  for (float& score : scores) score -= top + std::log(sum);
}

Plan plan_of_facts(const LightModel& model) {
  const Tensor facts = tensor::zeros({1, kLights, kLightFacts});
  return {tensor::trace([&](std::span<const Tensor> in) { return std::vector{model.colors().of_facts(in[0])}; }, {facts}), {facts}};
}

Plan plan_of_planes(const LightModel& model, int net) {
  constexpr int kGrid = LightFeatures::kGrid;
  const Tensor planes = tensor::zeros({1, LightFeatures::kPlanes, kGrid, kGrid}), strength = tensor::zeros({1, 2});
  return {
      tensor::trace([&](std::span<const Tensor> in) { return std::vector{model.planes(net).forward(in[0], in[1])}; }, {planes, strength}),
      {planes, strength}};
}

void write(std::span<const float> values, const Tensor& to) { std::copy(values.begin(), values.end(), Tensor(to).mutable_data<float>()); }

}  // namespace

LightExperts::LightExperts(std::shared_ptr<const LightModel> model) : model_(std::move(model)) {
  // A trace leaves its marks on the weights, which other threads may be tracing, too.
  static std::mutex tracing;
  const std::lock_guard lock(tracing);
  facts_.emplace(plan_of_facts(*model_));
  for (int net = 0; net < LightModel::kPlaneNets; net++) planes_.push_back(plan_of_planes(*model_, net));
}

std::span<const float> LightExperts::by_colors(const LightFeatures& features) {
  constexpr auto kTable = static_cast<std::size_t>(LightFeatures::kTable);
  const std::span filter(model_->colors().filter.data<float>(), 2 * kTable);
  of_colors_.assign(features.candidates.size(), 0);
  add_seen(filter.first(kTable), features.colors, features.candidates, of_colors_);
  add_seen(filter.last(kTable), features.edges, features.candidates, of_colors_);
  float* fact = Tensor(facts_->input(0)).mutable_data<float>();
  for (const CurveCandidate& light : features.candidates) {
    for (float value : facts_of(light.mired, features.strength)) *fact++ = value;
  }
  facts_->run();
  const float* of_facts = facts_->output(0).data<float>();
  for (float& score : of_colors_) score = static_cast<float>(CandidateNet::kShares) * score + *of_facts++;
  to_log_probabilities(of_colors_);
  return of_colors_;
}

std::span<const float> LightExperts::by_planes(const LightFeatures& features) {
  of_planes_.assign(features.candidates.size(), 0);
  if (features.candidates.empty()) return of_planes_;
  for (Plan& net : planes_) {
    write(features.planes, net.input(0));
    write(features.strength, net.input(1));
    net.run();
    const float* scores = net.output(0).data<float>() + features.first;
    one_.assign(scores, scores + of_planes_.size());
    to_log_probabilities(one_);
    for (std::size_t i = 0; i < one_.size(); i++) of_planes_[i] += one_[i] / static_cast<float>(planes_.size());
  }
  to_log_probabilities(of_planes_);
  return of_planes_;
}

}  // namespace argent
