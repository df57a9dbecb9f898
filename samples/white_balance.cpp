#include "samples/white_balance.h"

#include <array>
#include <charconv>
#include <cmath>

#include "aaa/cct_curve.h"
#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"
#include "samples/rect_text.h"

namespace argent {
namespace {

constexpr float kLowestCct = 1667, kHighestCct = 25000;  // kelvin; the range of chromaticity_of_cct()

constexpr float kTintPerDuv = 3000;  // DNG SDK and Adobe's programs
constexpr std::string_view kBoxWord = "box ";

Error not_understood(std::string_view text, std::string_view source) {
  return Error(source, " ", in_quotes(text),
               ": expected camera, auto, multipliers R,G,B (as 2.0,1,1.6), kelvin (as 5500) or a box (as box 100,200,50,50)");
}

/// One positive number and what follows it.
std::optional<std::pair<float, std::string_view>> leading_number(std::string_view text) {
  float value = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || !std::isfinite(value) || value <= 0) return std::nullopt;
  return std::pair(value, text.substr(static_cast<std::size_t>(rest - text.data())));
}

Vec3 gains_from_text(std::string_view text, std::string_view source) {
  Vec3 gains{};
  std::string_view rest = text;
  for (std::size_t i = 0; i < 3; ++i) {
    if (i > 0 && !rest.starts_with(',')) throw not_understood(text, source);
    const auto number = leading_number(i > 0 ? rest.substr(1) : rest);
    if (!number) throw not_understood(text, source);
    std::tie(gains[i], rest) = *number;
  }
  if (!rest.empty()) throw not_understood(text, source);
  return gains;
}

float cct_from_text(std::string_view text, std::string_view source) {
  const auto number = leading_number(text);
  if (!number || !(number->second.empty() || number->second == "K" || number->second == "k")) throw not_understood(text, source);
  if (number->first < kLowestCct || number->first > kHighestCct) {
    throw Error(source, " ", in_quotes(text), ": a temperature must be from 1667 to 25000 kelvin");
  }
  return number->first;
}

}  // namespace

WhiteBalanceChoice white_balance_from_text(std::string_view text, std::string_view source) {
  using Mode = WhiteBalanceChoice::Mode;
  if (text == "camera") return {.mode = Mode::kCamera};
  if (text == "auto") return {.mode = Mode::kAuto};
  if (text.starts_with(kBoxWord)) return {.mode = Mode::kBox, .box = rect_from_text(text.substr(kBoxWord.size()), source)};
  if (text.find(',') != std::string_view::npos) return {.mode = Mode::kGains, .gains = gains_from_text(text, source)};
  return {.mode = Mode::kKelvin, .cct = cct_from_text(text, source)};
}

std::string_view name_of(WhiteBalanceChoice::Mode mode) {
  constexpr std::array<std::string_view, 5> kNames{"camera", "auto", "gains", "kelvin", "box"};
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

Controls with_tint(Controls controls, const WhiteBalanceChoice& choice, const RawFrame& frame) {
  if (choice.tint == 0) return controls;
  if (frame.sensor.matrices.empty()) throw Error("--tint needs a color matrix in the file or the profile: this frame has none");
  const auto light = cct_of_gains(frame.sensor.matrices, controls.colour_gains);
  const auto before = light ? gains_of_light(frame.sensor.matrices, *light) : std::nullopt;
  // A greener light makes a more magenta picture.
  const auto after = light ? gains_of_light(frame.sensor.matrices, {light->cct, light->duv + choice.tint / kTintPerDuv}) : std::nullopt;
  if (!before || !after) throw Error("--tint ", choice.tint, ": no light of that color is seen by this camera");
  // As a ratio: gains that no light explains quite are moved as far as the others.
  for (std::size_t c = 0; c < 3; c++) controls.colour_gains[c] *= (*after)[c] / (*before)[c];
  return controls;
}

float cct_of(const Vec3& gains, const RawFrame& frame, const IlluminantPrior& prior) {
  auto light = cct_of_gains(prior.curve, gains);
  if (!light) light = cct_of_gains(frame.sensor.matrices, gains);
  return light ? light->cct : 0;
}

}  // namespace argent
