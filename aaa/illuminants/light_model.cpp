#include "aaa/illuminants/light_model.h"

#include <algorithm>
#include <cmath>

#include "models/formats/safetensors.h"
#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"

namespace argent {

using tensor::NamedTensors, tensor::Tensor;

namespace {

/// As the engine sees memory that it will not write.
Tensor look_at(const std::vector<float>& values, const Dims& shape) { return tensor::from_blob(const_cast<float*>(values.data()), shape); }

/// log of exp(scores) over their sum
std::vector<float> log_probabilities(std::vector<float> scores) {
  if (scores.empty()) return scores;
  const float top = *std::max_element(scores.begin(), scores.end());
  float sum = 0;
  for (float score : scores) sum += std::exp(score - top);
  for (float& score : scores) score -= top + std::log(sum);
  return scores;
}

std::vector<float> floats_of(const Tensor& x) { return {x.data<float>(), x.data<float>() + x.count()}; }

}  // namespace

std::array<float, kLightFacts> facts_of(float mired, const std::array<float, 2>& strength) {
  return {(mired - 240) / 60, strength[0], strength[1]};
}

LightModel::LightModel(std::uint64_t seed) {
  tensor::Generator random(seed);
  colors_ = std::make_unique<CandidateNet>(LightFeatures::kCells, kLightFacts, random);
  for (int i = 0; i < kPlaneNets; i++) planes_.push_back(std::make_unique<PlaneNet>(PlaneNetSize{.classes = kLights}, random));
}

std::vector<float> LightModel::by_colors(const LightFeatures& features) const {
  const auto n = static_cast<std::int64_t>(features.candidates.size());
  if (n == 0) return {};
  const tensor::NoGrad off;
  std::vector<float> facts;
  for (const CurveCandidate& light : features.candidates) {
    for (float fact : facts_of(light.mired, features.strength)) facts.push_back(fact);
  }
  return log_probabilities(
      floats_of(colors_->forward(look_at(features.histograms, {1, n, LightFeatures::kCells}), look_at(facts, {1, n, kLightFacts}))));
}

std::vector<float> LightModel::by_planes(const LightFeatures& features) const {
  if (features.candidates.empty()) return {};
  const tensor::NoGrad off;
  const Tensor planes = look_at(features.planes, {1, LightFeatures::kPlanes, LightFeatures::kGrid, LightFeatures::kGrid});
  const std::vector<float> strength(features.strength.begin(), features.strength.end());
  const Tensor facts = look_at(strength, {1, 2});
  std::vector<float> mean(features.candidates.size());
  for (const auto& net : planes_) {
    const std::vector<float> all = floats_of(net->forward(planes, facts));
    const auto first = all.begin() + features.first;
    const std::vector<float> one = log_probabilities({first, first + static_cast<std::ptrdiff_t>(mean.size())});
    for (std::size_t i = 0; i < mean.size(); i++) mean[i] += one[i] / static_cast<float>(planes_.size());
  }
  return log_probabilities(std::move(mean));
}

void LightModel::describe(tensor::Members& members) {
  members.part("colors", *colors_);
  for (std::size_t i = 0; i < planes_.size(); i++) members.part("planes." + std::to_string(i), *planes_[i]);
}

std::shared_ptr<LightModel> LightModel::load(const std::filesystem::path& path) {
  const tensor::SafetensorsFile file = tensor::read_safetensors(path);
  auto model = std::make_shared<LightModel>(0);
  if (const std::string mismatch = state_mismatch(*model, file.tensors); !mismatch.empty())
    throw Error(path.string(), ": these are no weights of the white balance: ", mismatch);
  for (const auto& [name, values] : file.tensors) {
    for (double value : values.values()) {
      if (!std::isfinite(value)) throw Error(path.string(), ": ", name, " holds what is no number");
    }
  }
  load_state(*model, file.tensors);
  tensor::set_mode(*model, tensor::Mode::kEvaluation);
  return model;
}

void LightModel::save(const std::filesystem::path& path, const std::map<std::string, std::string>& metadata, Overwrite overwrite) {
  tensor::write_safetensors(path, tensor::state(*this), metadata, overwrite);
}

}  // namespace argent
