#include "aaa/illuminant.h"

#include <string>

#include "aaa/illuminants/estimators.h"
#include "aaa/illuminants/learned.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

struct Entry {
  std::string_view name;
  std::unique_ptr<IlluminantEstimator> (*make)();
  std::unique_ptr<IlluminantEstimator> (*make_with)(std::shared_ptr<const LightModel> weights) = nullptr;  ///< of a learned one
};

constexpr Entry kEstimators[] = {
    {"grey_world", make_grey_world},
    {"shades_of_grey", make_shades_of_grey},
    {"white_patch", make_white_patch},
    {"grey_edge", make_grey_edge},
    {"grey_edge_second", make_grey_edge_second},
    {"grey_pixel", make_grey_pixel},
    {"rpi_bayes", make_rpi_bayes},
    {"bayes", make_bayes},
    {"learned_colors", make_learned_colors, make_learned_colors_with},
    {"learned_zones", make_learned_zones, make_learned_zones_with},
    {"fused", make_fused, [](std::shared_ptr<const LightModel> weights) { return make_fused_with(std::move(weights)); }},
};

constexpr auto kNames = [] {
  std::array<std::string_view, std::size(kEstimators)> names;
  for (std::size_t i = 0; i < names.size(); i++) names[i] = kEstimators[i].name;
  return names;
}();

}  // namespace

std::shared_ptr<const LightModel> load_light_model(const std::filesystem::path& path) { return LightModel::load(path); }

std::unique_ptr<IlluminantEstimator> make_illuminant_estimator(std::string_view name, std::shared_ptr<const LightModel> weights) {
  std::string known;
  for (const Entry& entry : kEstimators) {
    if (entry.name == name) return weights && entry.make_with != nullptr ? entry.make_with(std::move(weights)) : entry.make();
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw Error("unknown illuminant estimator \"" + std::string(name) + "\", expected one of " + known);
}

std::span<const std::string_view> illuminant_estimator_names() { return kNames; }

}  // namespace argent
