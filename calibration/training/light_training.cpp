#include "calibration/training/light_training.h"

#include <algorithm>
#include <cmath>

#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"
#include "models/tensor/training/adam.h"

namespace argent {

using tensor::Dims, tensor::Generator, tensor::Tensor;

namespace {

constexpr double kLabelSigma = 10;                             // mired: labels of one scene are 11 to 15 apart
constexpr float kExcluded = -1e9f;                             // a score that no softmax sees
constexpr double kSmooth = 5e-3, kShrink = 1e-3;               // of the filter: neighbors alike, all small
constexpr double kDecay = 3e-4;                                // of the planes' weights
constexpr double kUnknownStrength = 0.15, kHiddenZones = 0.1;  // shares of pictures and zones whose strength, or all, is hidden in training
constexpr std::int64_t kShift = 4;                             // zones
constexpr double kLeastRate = 0.03;                            // of the first rate, at the end

/// As indices of the rows that a step sees.
Tensor drawn_rows(Generator& random, std::int64_t count, std::int64_t of) { return integers(random, {count}, 0, of); }

double rate_at(double rate, std::int64_t step, std::int64_t steps) {
  return rate * (1 - static_cast<double>(step) / static_cast<double>(steps)) + kLeastRate * rate;
}

Tensor cross_entropy_to(const Tensor& scores, const LightSet& set) {
  return -mean(sum(set.target * log_softmax(scores + set.excluded, 1), {1}));
}

/// `strength` is the last two of the facts; hidden from some pictures, both become 0.
Tensor with_hidden_strength(const Tensor& facts, Generator& random) {
  Dims shape = Dims::filled(facts.rank(), 1);
  shape[0] = facts.size(0);
  const Tensor known = (uniform(random, shape) >= kUnknownStrength).to(DType::kF32);
  const int last = facts.rank() - 1;
  const std::int64_t all = facts.size(last);
  return tensor::concat({facts.slice(last, 0, all - 2), facts.slice(last, all - 2, all) * known}, last);
}

/// Of squared differences between neighboring cells of both tables.
Tensor roughness(const Tensor& filter) {
  const Tensor tables = filter.view({2, LightFeatures::kSide, LightFeatures::kSide});
  const auto along = [&](int axis) {
    return sum(square(tables.slice(axis, 1, LightFeatures::kSide) - tables.slice(axis, 0, LightFeatures::kSide - 1)));
  };
  return along(1) + along(2);
}

/// Mirrored or not, shifted by some zones around the border, some zones hidden: the light stays what it is.
Tensor augmented(Tensor planes, Generator& random) {
  if (uniform(random, {}).item() < 0.5) planes = flip(planes, {3});
  for (int axis : {2, 3}) planes = roll(planes, integers(random, {}, -kShift, kShift + 1).item_integer(), axis);
  const Tensor seen = uniform(random, {planes.size(0), 1, planes.size(2), planes.size(3)}) >= kHiddenZones;
  return planes * seen.to(DType::kF32);
}

}  // namespace

LightSet LightSet::rows(std::span<const std::int64_t> which) const {
  std::vector<double> numbers(which.begin(), which.end());
  const Tensor index = tensor::from_values(numbers, {static_cast<std::int64_t>(which.size())}, DType::kI64);
  const auto of = [&](const Tensor& x) { return index_select(x, 0, index); };
  return {of(histograms), of(facts), of(excluded), of(target), of(planes), of(strength)};
}

LightSet light_set(std::span<const LabelledStatistics> pictures, std::vector<std::int64_t>* kept) {
  std::vector<LightFeatures> all;
  std::vector<float> labels;
  if (kept != nullptr) kept->clear();
  for (std::size_t i = 0; i < pictures.size(); i++) {
    LightFeatures features = light_features(pictures[i].statistics, pictures[i].prior);
    if (features.candidates.empty() || !(features.evidence > 0)) continue;
    labels.push_back(1e6f / pictures[i].kelvin);
    if (kept != nullptr) kept->push_back(static_cast<std::int64_t>(i));
    all.push_back(std::move(features));
  }
  const auto n = static_cast<std::int64_t>(all.size());
  LightSet set{tensor::zeros({n, kLights, LightFeatures::kCells}),
               tensor::zeros({n, kLights, kLightFacts}),
               tensor::full({n, kLights}, kExcluded),
               tensor::zeros({n, kLights}),
               tensor::zeros({n, LightFeatures::kPlanes, LightFeatures::kGrid, LightFeatures::kGrid}),
               tensor::zeros({n, 2})};
  for (std::int64_t i = 0; i < n; i++) {
    const LightFeatures& f = all[static_cast<std::size_t>(i)];
    const std::int64_t row = i * kLights + f.first;
    std::copy(f.histograms.begin(), f.histograms.end(), set.histograms.mutable_data<float>() + row * LightFeatures::kCells);
    std::copy(f.planes.begin(), f.planes.end(), set.planes.mutable_data<float>() + i * static_cast<std::int64_t>(f.planes.size()));
    std::copy(f.strength.begin(), f.strength.end(), set.strength.mutable_data<float>() + 2 * i);
    const float label = std::clamp(labels[static_cast<std::size_t>(i)], f.candidates.front().mired, f.candidates.back().mired);
    double sum = 0;
    std::vector<double> weights;
    for (const CurveCandidate& light : f.candidates) {
      const double z = (light.mired - label) / kLabelSigma;
      weights.push_back(std::exp(-z * z / 2));
      sum += weights.back();
    }
    for (std::size_t c = 0; c < weights.size(); c++) {
      const std::int64_t at = row + static_cast<std::int64_t>(c);
      const auto facts = facts_of(f.candidates[c].mired, f.strength);
      std::copy(facts.begin(), facts.end(), set.facts.mutable_data<float>() + at * kLightFacts);
      set.excluded.mutable_data<float>()[at] = 0;
      set.target.mutable_data<float>()[at] = static_cast<float>(weights[c] / sum);
    }
  }
  return set;
}

void train_colors(CandidateNet& net, const LightSet& set, const LightTraining& options, const LightWatch& watch) {
  tensor::set_mode(net, tensor::Mode::kTraining);
  Generator random(options.seed);
  tensor::Adam adam(tensor::parameters(net), {.learning_rate = options.color_rate});
  for (std::int64_t step = 0; step < options.color_steps; step++) {
    adam.set_learning_rate(rate_at(options.color_rate, step, options.color_steps));
    adam.zero_gradients();
    const Tensor loss = cross_entropy_to(net.forward(set.histograms, with_hidden_strength(set.facts, random)), set);
    (loss + kSmooth * roughness(net.filter) + kShrink * sum(square(net.filter))).backward();
    adam.step();
    if (watch) watch({"colors", step, options.color_steps, loss.item()});
  }
  tensor::set_mode(net, tensor::Mode::kEvaluation);
}

void train_planes(PlaneNet& net, int index, const LightSet& set, const LightTraining& options, const LightWatch& watch) {
  tensor::set_mode(net, tensor::Mode::kTraining);
  Generator random(options.seed + 1000 * static_cast<std::uint64_t>(index + 1));
  const std::vector<Tensor> weights = tensor::parameters(net);
  tensor::Adam adam(weights, {.learning_rate = options.plane_rate});
  const std::string part = "planes " + std::to_string(index);
  for (std::int64_t step = 0; step < options.plane_steps; step++) {
    adam.set_learning_rate(rate_at(options.plane_rate, step, options.plane_steps));
    adam.zero_gradients();
    const Tensor rows = drawn_rows(random, std::min(options.batch, set.size()), set.size());
    const auto of = [&](const Tensor& x) { return index_select(x, 0, rows); };
    const LightSet batch{{}, {}, of(set.excluded), of(set.target), of(set.planes), of(set.strength)};
    const Tensor loss = cross_entropy_to(net.forward(augmented(batch.planes, random), with_hidden_strength(batch.strength, random)), batch);
    Tensor size = sum(square(weights[0]));
    for (std::size_t i = 1; i < weights.size(); i++) size = size + sum(square(weights[i]));
    (loss + kDecay * size).backward();
    adam.step();
    if (watch) watch({part, step, options.plane_steps, loss.item()});
  }
  tensor::set_mode(net, tensor::Mode::kEvaluation);
}

}  // namespace argent
