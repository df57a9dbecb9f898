#include "aaa/illuminant.h"

#include <string>

#include "aaa/illuminants/bayes.h"
#include "aaa/illuminants/estimators.h"
#include "aaa/illuminants/learned.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

struct Entry {
  std::string_view name;
  std::unique_ptr<IlluminantEstimator> (*make)();
  std::unique_ptr<IlluminantEstimator> (*make_with)(std::shared_ptr<const LightModel> weights) = nullptr;  ///< of a learned one
  /// Of one that pools; `weights` may be null.
  std::unique_ptr<IlluminantEstimator> (*make_pool)(std::shared_ptr<const LightModel> weights, const LightFusionParams& fusion) = nullptr;
};

constexpr Entry kEstimators[] = {
    {"grey_world", make_grey_world},
    {"shades_of_grey", make_shades_of_grey},
    {"white_patch", make_white_patch},
    {"grey_edge", make_grey_edge},
    {"grey_edge_second", make_grey_edge_second},
    {"grey_pixel", make_grey_pixel},
    {"rpi_bayes", make_rpi_bayes},
    {"bayes", make_bayes, nullptr,
     [](std::shared_ptr<const LightModel>, const LightFusionParams& fusion) { return make_bayes_with(kSurfacePrior, fusion); }},
    {"learned_colors", make_learned_colors, make_learned_colors_with},
    {"learned_zones", make_learned_zones, make_learned_zones_with},
    {"fused", make_fused, nullptr,
     [](std::shared_ptr<const LightModel> weights, const LightFusionParams& fusion) {
       return make_fused_with(weights ? std::move(weights) : LightModel::built_in(), kSurfacePrior, Gate::kOn, fusion);
     }},
};

constexpr auto kNames = [] {
  std::array<std::string_view, std::size(kEstimators)> names;
  for (std::size_t i = 0; i < names.size(); i++) names[i] = kEstimators[i].name;
  return names;
}();

}  // namespace

std::shared_ptr<const LightModel> load_light_model(const std::filesystem::path& path) { return LightModel::load(path); }

std::unique_ptr<IlluminantEstimator> make_illuminant_estimator(std::string_view name, std::shared_ptr<const LightModel> weights,
                                                               const LightFusionParams& fusion) {
  std::string known;
  for (const Entry& entry : kEstimators) {
    if (entry.name == name && entry.make_pool != nullptr) return entry.make_pool(std::move(weights), fusion);
    if (entry.name == name) return weights && entry.make_with != nullptr ? entry.make_with(std::move(weights)) : entry.make();
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw Error("unknown illuminant estimator \"" + std::string(name) + "\", expected one of " + known);
}

std::span<const std::string_view> illuminant_estimator_names() { return kNames; }

}  // namespace argent
