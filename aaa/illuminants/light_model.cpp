#include "aaa/illuminants/light_model.h"

#include <cmath>

#include "models/formats/safetensors.h"
#include "models/weights/white_balance.h"

namespace argent {

using tensor::NamedTensors;

std::array<float, kLightFacts> facts_of(float mired, const std::array<float, 2>& strength) {
  return {(mired - 240) / 60, strength[0], strength[1]};
}

LightModel::LightModel(std::uint64_t seed) {
  tensor::Generator random(seed);
  colors_ = std::make_unique<CandidateNet>(LightFeatures::kCells, kLightFacts, random);
  for (int i = 0; i < kPlaneNets; i++) planes_.push_back(std::make_unique<PlaneNet>(PlaneNetSize{.classes = kLights}, random));
}

void LightModel::describe(tensor::Members& members) {
  members.part("colors", *colors_);
  for (std::size_t i = 0; i < planes_.size(); i++) members.part("planes." + std::to_string(i), *planes_[i]);
}

namespace {

/// `name`: of the file, for errors.
std::shared_ptr<LightModel> model_of(const NamedTensors& tensors, const std::string& name) {
  auto model = std::make_shared<LightModel>(0);
  if (const std::string mismatch = state_mismatch(*model, tensors); !mismatch.empty())
    throw Error(name, ": these are no weights of the white balance: ", mismatch);
  for (const auto& [part, values] : tensors) {
    for (double value : values.values()) {
      if (!std::isfinite(value)) throw Error(name, ": ", part, " holds what is no number");
    }
  }
  load_state(*model, tensors);
  tensor::set_mode(*model, tensor::Mode::kEvaluation);
  return model;
}

}  // namespace

std::shared_ptr<LightModel> LightModel::load(const std::filesystem::path& path) {
  return model_of(tensor::read_safetensors(path).tensors, path.string());
}

std::shared_ptr<const LightModel> LightModel::built_in() {
  static const std::shared_ptr<const LightModel> model =
      model_of(tensor::parse_safetensors(white_balance_weights()).tensors, "the built-in weights");
  return model;
}

void LightModel::save(const std::filesystem::path& path, const std::map<std::string, std::string>& metadata, Overwrite overwrite) {
  tensor::write_safetensors(path, tensor::state(*this), metadata, overwrite);
}

}  // namespace argent
