#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "calibration/contest/contest.h"
#include "isp/error.h"
#include "isp/io/yaml_document.h"

namespace argent {
namespace {

constexpr std::array<std::string_view, 4> kMeterings{"centre_weighted", "spot", "matrix", "custom"};
constexpr std::array<std::string_view, 4> kConstraints{"normal", "highlight", "shadows", "custom"};
constexpr std::array<std::string_view, 4> kPrograms{"normal", "short", "long", "custom"};
constexpr std::array<std::string_view, 3> kFlickers{"off", "manual", "auto"};
constexpr std::array<std::string_view, 8> kBalances{"auto",   "incandescent", "tungsten", "fluorescent",
                                                    "indoor", "daylight",     "cloudy",   "custom"};
constexpr std::array<std::string_view, 3> kFocuses{"manual", "auto", "continuous"};
constexpr std::array<std::string_view, 3> kRanges{"normal", "macro", "full"};
constexpr std::array<std::string_view, 2> kSpeeds{"normal", "fast"};

}  // namespace

template <class List>
void describe(List& list, RequestScript& p) {
  list.field("exposure_value", p.exposure_value, {.min = -8, .max = 8, .unit = "EV", .doc = "brighter than metered"});
  list.choice("metering", p.metering, kMeterings, {.doc = "where exposure looks"});
  list.choice("constraint", p.constraint, kConstraints, {.doc = "what else bounds the exposure"});
  list.choice("program", p.program, kPrograms, {.doc = "time against gain"});
  list.choice("flicker", p.flicker, kFlickers, {.doc = "mains flicker"});
  list.field("flicker_period_us", p.flicker_period_us, {.min = 0, .max = 1e6, .unit = "us", .doc = "with flicker: manual"});
  list.choice("white_balance", p.white_balance, kBalances, {.doc = "range of lights"});
  list.field("mixed_light", p.mixed_light, {.doc = "a gain map when there are two lights"});
  list.choice("focus", p.focus, kFocuses, {.doc = "who moves the lens"});
  list.choice("range", p.range, kRanges, {.doc = "distances that are searched"});
  list.choice("speed", p.speed, kSpeeds, {.doc = "of autofocus"});
  list.field("focus_at", p.focus_at, {.min = -1, .max = 1e6, .unit = "s", .doc = "the autofocus trigger; negative: never"});
}

namespace {

float number_of(const YamlNode& node, std::string_view source) {
  std::size_t used = 0;
  float value = NAN;
  try {
    value = std::stof(node.scalar, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (node.kind != YamlNode::Kind::kScalar || used == 0 || used != node.scalar.size() || !std::isfinite(value))
    throw Error(place_of(node, source) + ": expected a number, found " +
                (node.scalar.empty() ? std::string(name_of(node.kind)) : node.scalar));
  return value;
}

Variation variation_of(const std::string& path, const YamlNode& node, std::string_view source) {
  const bool logarithmic = node.items.size() == 3 && node.items[2].scalar == "log";
  if (node.kind != YamlNode::Kind::kList || !(node.items.size() == 2 || logarithmic))
    throw Error(place_of(node, source) + ": vary." + path + ": expected [low, high] or [low, high, log]");
  Variation out{path, number_of(node.items[0], source), number_of(node.items[1], source), logarithmic};
  if (out.low > out.high || (logarithmic && !(out.low > 0)))
    throw Error(place_of(node, source) + ": vary." + path + ": expected low <= high" + (logarithmic ? ", both positive" : ""));
  return out;
}

void vary(Scenario& scenario, const Variation& variation, double draw, std::string_view source) {
  const std::vector<Field> fields = fields_of(scenario);
  const Field& field = find(fields, variation.path, source);
  const double low = variation.low, high = variation.high;
  const double value = variation.logarithmic ? low * std::pow(high / low, draw) : low + (high - low) * draw;
  const bool whole = std::holds_alternative<int*>(field.value);
  assign(field, whole ? std::to_string(std::lround(value)) : std::to_string(value), source);
}

}  // namespace

ContestScenario parse_contest_scenario(std::string_view yaml, std::string_view source) {
  ContestScenario out;
  out.camera = parse_scenario(yaml, source);
  const YamlNode document = parse_yaml(yaml, source);
  if (const YamlNode* request = document.find("request")) read_fields(fields_of(out.request), *request, "", source);
  if (const YamlNode* variations = document.find("vary")) {
    if (variations->kind != YamlNode::Kind::kMap) throw Error(place_of(*variations, source) + ": vary: expected a map");
    for (std::size_t i = 0; i < variations->keys.size(); i++)
      out.variations.push_back(variation_of(variations->keys[i], variations->items[i], source));
  }
  for (const Variation& v : out.variations) {  // both ends must be possible
    Scenario trial = out.camera;
    vary(trial, v, 0, source);
    vary(trial, v, 1, source);
  }
  return out;
}

ContestScenario load_contest_scenario(const std::filesystem::path& path) {
  return parse_contest_scenario(read_yaml_file(path), path.string());
}

Scenario scenario_of_run(const ContestScenario& scenario, int run) {
  Scenario out = scenario.camera;
  out.seed += run;
  if (run == 0) return out;
  std::mt19937_64 random(static_cast<std::uint64_t>(out.seed) * 0x9E3779B97F4A7C15u);
  // 53 bits by hand: std::uniform_real_distribution may differ between libraries.
  for (const Variation& v : scenario.variations) vary(out, v, static_cast<double>(random() >> 11) * 0x1p-53, scenario.camera.name);
  return out;
}

}  // namespace argent
