#include "aaa/illuminant.h"

#include <string>

#include "aaa/illuminants/estimators.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

struct Entry {
  std::string_view name;
  std::unique_ptr<IlluminantEstimator> (*make)();
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
};

constexpr auto kNames = [] {
  std::array<std::string_view, std::size(kEstimators)> names;
  for (std::size_t i = 0; i < names.size(); i++) names[i] = kEstimators[i].name;
  return names;
}();

}  // namespace

std::unique_ptr<IlluminantEstimator> make_illuminant_estimator(std::string_view name) {
  std::string known;
  for (const Entry& entry : kEstimators) {
    if (entry.name == name) return entry.make();
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw Error("unknown illuminant estimator \"" + std::string(name) + "\", expected one of " + known);
}

std::span<const std::string_view> illuminant_estimator_names() { return kNames; }

}  // namespace argent
