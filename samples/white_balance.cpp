#include "samples/white_balance.h"

#include <array>
#include <charconv>
#include <cmath>

#include "aaa/cct_curve.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr float kLowestCct = 1667, kHighestCct = 25000;  // kelvin; the range of chromaticity_of_cct()

Error not_understood(std::string_view text) {
  return Error("--wb \"" + std::string(text) + "\": expected camera, auto, multipliers R,G,B (as 2.0,1,1.6) or kelvin (as 5500)");
}

/// One positive number and what follows it.
std::optional<std::pair<float, std::string_view>> leading_number(std::string_view text) {
  float value = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || !std::isfinite(value) || value <= 0) return std::nullopt;
  return std::pair(value, text.substr(static_cast<std::size_t>(rest - text.data())));
}

Vec3 gains_from_text(std::string_view text) {
  Vec3 gains{};
  std::string_view rest = text;
  for (std::size_t i = 0; i < 3; ++i) {
    if (i > 0 && !rest.starts_with(',')) throw not_understood(text);
    const auto number = leading_number(i > 0 ? rest.substr(1) : rest);
    if (!number) throw not_understood(text);
    std::tie(gains[i], rest) = *number;
  }
  if (!rest.empty()) throw not_understood(text);
  return gains;
}

float cct_from_text(std::string_view text) {
  const auto number = leading_number(text);
  if (!number || !(number->second.empty() || number->second == "K" || number->second == "k")) throw not_understood(text);
  if (number->first < kLowestCct || number->first > kHighestCct) {
    throw Error("--wb \"" + std::string(text) + "\": a temperature must be from 1667 to 25000 kelvin");
  }
  return number->first;
}

}  // namespace

WhiteBalanceChoice white_balance_from_text(std::string_view text) {
  using Mode = WhiteBalanceChoice::Mode;
  if (text == "camera") return {.mode = Mode::kCamera};
  if (text == "auto") return {.mode = Mode::kAuto};
  if (text.find(',') != std::string_view::npos) return {.mode = Mode::kGains, .gains = gains_from_text(text)};
  return {.mode = Mode::kKelvin, .cct = cct_from_text(text)};
}

std::string_view name_of(WhiteBalanceChoice::Mode mode) {
  constexpr std::array<std::string_view, 4> kNames{"camera", "auto", "gains", "kelvin"};
  return kNames[static_cast<std::size_t>(mode)];
}

ControllerParams controller_params_for(const RawFrame& frame, ControllerParams params) {
  params.white_balance.opinions = true;  // one frame, looked at by a person
  std::vector<CctPoint>& curve = params.white_balance.prior.curve;
  if (curve.empty()) curve = cct_curve_of(frame.sensor.matrices);
  return params;
}

Controls known_balance(const WhiteBalanceChoice& choice, const RawFrame& frame, const IlluminantPrior& prior) {
  using Mode = WhiteBalanceChoice::Mode;
  Controls controls;
  if (choice.mode == Mode::kAuto) return controls;
  if (choice.mode == Mode::kKelvin) {
    auto gains = gains_of_cct(prior.curve, choice.cct);
    if (!gains) gains = gains_of_cct(frame.sensor.matrices, choice.cct);
    if (!gains) throw Error("--wb in kelvin needs a color matrix in the file or a curve in the profile: this frame has neither");
    controls.colour_gains = *gains;
    controls.colour_temperature = choice.cct;
    return controls;
  }
  controls.colour_gains = choice.mode == Mode::kCamera ? frame.capture.as_shot_gains.value() : choice.gains;
  controls.colour_temperature = cct_of(controls.colour_gains, frame, prior);
  return controls;
}

float cct_of(const Vec3& gains, const RawFrame& frame, const IlluminantPrior& prior) {
  auto light = cct_of_gains(prior.curve, gains);
  if (!light) light = cct_of_gains(frame.sensor.matrices, gains);
  return light ? light->cct : 0;
}

}  // namespace argent
