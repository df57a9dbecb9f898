#include <algorithm>
#include <array>
#include <span>

#include "calibration/synthesis/synthetic_set.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::array<std::string_view, 8> kParts{"charts", "flats", "darks", "ramp", "focus", "edge", "dots", "step"};
constexpr std::array<std::string_view, 12> kFaults{"missing",     "clipped",     "blurred", "two-charts", "dark",          "rotated-90",
                                                   "rotated-180", "wrong-chart", "nan-tag", "duplicate",  "contradictory", "single"};

template <class Value>
Value value_of(std::span<const std::string_view> names, std::string_view name, std::string_view what) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<Value>(found - names.begin());
  std::string list;
  for (const std::string_view known : names) list += (list.empty() ? "" : ", ") + std::string(known);
  throw Error(what, " \"", name, "\" is not known, expected one of ", list);
}

}  // namespace

std::string_view name_of(SetPart part) { return kParts[static_cast<std::size_t>(part)]; }
std::string_view name_of(SetFault fault) { return kFaults[static_cast<std::size_t>(fault)]; }
SetPart set_part(std::string_view name) { return value_of<SetPart>(kParts, name, "part of a set"); }
SetFault set_fault(std::string_view name) { return value_of<SetFault>(kFaults, name, "fault"); }

}  // namespace argent
