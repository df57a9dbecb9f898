#include "calibration/tune/parameter_space.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <tuple>
#include <utility>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr double kReach = 8;       // times and parts of the start that a logarithmic search goes
constexpr double kWideRange = 10;  // highest over lowest from which on a range is searched in the logarithm

struct Pattern {
  std::string path;
  std::optional<std::pair<double, double>> bounds;
};

double number_of(std::string_view text, const std::string& pattern) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    throw Error("--tune ", pattern, ": expected PATH=LOW:HIGH, two numbers");
  return value;
}

Pattern pattern_of(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return {text, std::nullopt};
  const std::string_view bounds = std::string_view(text).substr(equals + 1);
  const std::size_t colon = bounds.find(':');
  if (colon == std::string_view::npos) throw Error("--tune ", text, ": expected PATH=LOW:HIGH, two numbers");
  const double low = number_of(bounds.substr(0, colon), text), high = number_of(bounds.substr(colon + 1), text);
  if (!(low < high)) throw Error("--tune ", text, ": expected LOW below HIGH");
  return {text.substr(0, equals), std::pair(low, high)};
}

/// * is any text.
bool matches(std::string_view pattern, std::string_view path) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == path;
  if (!path.starts_with(pattern.substr(0, star))) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (std::size_t from = star; from <= path.size(); from++) {
    if (matches(rest, path.substr(from))) return true;
  }
  return false;
}

std::optional<double> value_of(const Field& field) {
  if (const auto* number = std::get_if<float*>(&field.value)) return static_cast<double>(**number);
  if (const auto* number = std::get_if<int*>(&field.value)) return static_cast<double>(**number);
  return std::nullopt;
}

std::string text_of(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

/// Of an open range, the start's own size.
TunedParameter parameter_of(const Field& field, double start, const Pattern& pattern) {
  TunedParameter out{.path = field.path, .start = start, .unit = field.bounds.unit, .meaning = field.bounds.doc};
  out.whole = std::holds_alternative<int*>(field.value);
  const double lowest = field.bounds.min, highest = field.bounds.max;
  const bool wide = lowest > 0 ? highest / lowest > kWideRange : highest > kWideRange * start;
  out.scale = start > 0 && lowest >= 0 && wide ? ParameterScale::kLogarithmic : ParameterScale::kLinear;
  const double size = std::max(std::abs(start), 1.0) * kReach;
  out.low = std::isfinite(lowest) ? lowest : start - size;
  out.high = std::isfinite(highest) ? highest : start + size;
  if (out.scale == ParameterScale::kLogarithmic) {
    out.low = std::max(lowest, start / kReach);
    out.high = std::min(highest, start * kReach);
  }
  if (!pattern.bounds) return out;
  std::tie(out.low, out.high) = *pattern.bounds;
  if (out.low < lowest || out.high > highest)
    throw Error("--tune ", pattern.path, "=", text_of(out.low), ":", text_of(out.high), ": expected bounds within ", text_of(lowest), ":",
                text_of(highest));
  if (start < out.low || start > out.high)
    throw Error("--tune ", pattern.path, ": the bounds leave out what it starts from, ", text_of(start));
  if (!(out.low > 0)) out.scale = ParameterScale::kLinear;
  return out;
}

double rounded(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4g", value);
  return std::strtod(text.data(), nullptr);
}

}  // namespace

std::vector<Field> fields_of_profile(ControllerParams& params) {
  FieldList list;
  list.group("aaa", params);
  return list.fields();
}

ParameterSpace::ParameterSpace(const ControllerParams& start, std::span<const std::string> patterns) : start_(start) {
  const std::vector<Field> fields = fields_of_profile(start_);
  for (const std::string& text : patterns) {
    const Pattern pattern = pattern_of(text);
    bool known = false;
    for (const Field& field : fields) {
      const std::optional<double> value = value_of(field);
      if (!value || !matches(pattern.path, field.path)) continue;
      known = true;
      std::erase_if(parameters_, [&](const TunedParameter& p) { return p.path == field.path; });  // what is said last holds
      parameters_.push_back(parameter_of(field, *value, pattern));
    }
    if (known) continue;
    if (pattern.path.find('*') == std::string::npos && !value_of(find(fields, pattern.path, "--tune")))
      throw Error("--tune ", pattern.path, ": is no number that stands alone, and only such can be tuned");
    throw Error("--tune ", pattern.path, ": no parameter is called so");
  }
}

ParameterSpace ParameterSpace::below(std::string_view prefix) const {
  ParameterSpace out = *this;
  std::erase_if(out.parameters_, [&](const TunedParameter& p) { return !p.path.starts_with(prefix); });
  return out;
}

TunedValues ParameterSpace::start() const {
  TunedValues out;
  for (const TunedParameter& p : parameters_) out.push_back(p.start);
  return out;
}

TunedValues ParameterSpace::values(std::span<const double> point) const {
  TunedValues out;
  for (std::size_t i = 0; i < parameters_.size(); i++) {
    const TunedParameter& p = parameters_[i];
    const double share = std::clamp(point[i], 0.0, 1.0);
    const double value =
        p.scale == ParameterScale::kLogarithmic ? p.low * std::pow(p.high / p.low, share) : p.low + (p.high - p.low) * share;
    out.push_back(std::clamp(p.whole ? std::round(value) : rounded(value), p.low, p.high));
  }
  return out;
}

std::vector<double> ParameterSpace::point(std::span<const double> values) const {
  std::vector<double> out;
  for (std::size_t i = 0; i < parameters_.size(); i++) {
    const TunedParameter& p = parameters_[i];
    const double share = p.scale == ParameterScale::kLogarithmic ? std::log(values[i] / p.low) / std::log(p.high / p.low)
                                                                 : (values[i] - p.low) / (p.high - p.low);
    out.push_back(std::clamp(share, 0.0, 1.0));
  }
  return out;
}

ControllerParams ParameterSpace::params(std::span<const double> values) const {
  ControllerParams out = start_;
  const std::vector<Field> fields = fields_of_profile(out);
  for (std::size_t i = 0; i < parameters_.size(); i++) {
    const Field& field = find(fields, parameters_[i].path, "tune");
    if (auto* const* number = std::get_if<float*>(&field.value)) **number = static_cast<float>(values[i]);
    if (auto* const* number = std::get_if<int*>(&field.value)) **number = static_cast<int>(std::lround(values[i]));
  }
  return out;
}

}  // namespace argent
