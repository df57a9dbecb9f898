#include <algorithm>
#include <cmath>
#include <random>

#include "calibration/contest/contest.h"
#include "isp/io/yaml_document.h"
#include "models/runtime/error.h"

namespace argent {
template <class List>
void describe(List& list, ToldParams& p) {
  list.field("lens_lag", p.lens_lag, {.min = 0, .max = 100, .doc = "times the lens's lag"});
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

ContestScenario parse_contest_scenario(std::string_view yaml, std::string_view source, const std::filesystem::path& folder) {
  ContestScenario out;
  out.camera = parse_scenario(yaml, source, folder);
  const YamlNode document = parse_yaml(yaml, source);
  if (const YamlNode* request = document.find("request")) out.request = read_request_script(*request, source);
  if (const YamlNode* told = document.find("told")) {
    FieldList list;
    list.group("told", out.told);
    read_fields(list.fields(), *told, "told.", source);
  }
  if (const YamlNode* variations = document.find("vary")) {
    if (variations->kind != YamlNode::Kind::kMap) throw Error(place_of(*variations, source) + ": vary: expected a map");
    for (std::size_t i = 0; i < variations->keys.size(); i++)
      out.variations.push_back(variation_of(variations->keys[i], variations->items[i], source));
  }
  for (const Variation& v : out.variations) {  // both ends must be possible
    Scenario trial = out.camera;
    for (double end : {0.0, 1.0}) {
      vary(trial, v, end, source);
      check(trial, source);
    }
  }
  return out;
}

std::vector<Field> fields_of(ContestScenario& scenario) {
  std::vector<Field> fields = fields_of(scenario.camera);
  FieldList list;
  list.group("told", scenario.told);
  fields.insert(fields.end(), list.fields().begin(), list.fields().end());
  return fields;
}

ContestScenario load_contest_scenario(const std::filesystem::path& path) {
  return parse_contest_scenario(read_yaml_file(path), path.string(), path.parent_path());
}

Scenario scenario_of_run(const ContestScenario& scenario, int run) {
  Scenario out = scenario.camera;
  out.seed += run;
  if (run == 0) return out;
  std::mt19937_64 random(static_cast<std::uint64_t>(out.seed) * 0x9E3779B97F4A7C15u);
  // 53 bits by hand: std::uniform_real_distribution may differ between libraries.
  for (const Variation& v : scenario.variations) vary(out, v, static_cast<double>(random() >> 11) * 0x1p-53, scenario.camera.name);
  check(out, out.name);
  return out;
}

}  // namespace argent
