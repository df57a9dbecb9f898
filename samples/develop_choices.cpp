#include "samples/develop_choices.h"

#include <array>
#include <charconv>
#include <cmath>

#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

constexpr float kLargestEv = 16;  // either way; more is a slip of the keyboard

}  // namespace

ExposureChoice exposure_from_text(std::string_view text, std::string_view source) {
  if (text == name_of(ExposureChoice::Mode::kMetered)) return {};
  if (text == "auto") return {.mode = ExposureChoice::Mode::kAuto};
  float ev = 0;
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  const auto [rest, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), ev);
  if (failure != std::errc() || rest != digits.data() + digits.size() || !(std::abs(ev) <= kLargestEv)) {
    throw Error(source, " ", in_quotes(text), ": expected metered, auto or EV from -16 to 16");
  }
  return {.mode = ExposureChoice::Mode::kValue, .ev = ev};
}

std::string_view name_of(ExposureChoice::Mode mode) {
  constexpr std::array<std::string_view, 3> kNames{"metered", "value", "auto"};
  return kNames[static_cast<std::size_t>(mode)];
}

SettledChoices settle(DevelopChoices wanted, const std::filesystem::path& file, const RawFrame& frame, const PipelineParams& params) {
  SettledChoices settled{wanted, {}};
  DevelopChoices& choices = settled.choices;
  const auto note = [&](const char* text) { settled.notes.push_back(file.string() + ": " + text); };

  if (frame.sensor.cfa == CfaPattern::kMonochrome) {  // no color: nothing to balance, nothing that is missing
    choices.white_balance = {.mode = WhiteBalanceChoice::Mode::kGains};
    choices.color = ColorSpace::kCamera;
  }
  if (choices.white_balance.mode == WhiteBalanceChoice::Mode::kCamera && !frame.capture.as_shot_gains) {
    choices.white_balance.mode = WhiteBalanceChoice::Mode::kAuto;
    note("no white balance in the file: using --wb auto");
  }
  if (choices.color != ColorSpace::kCamera && frame.sensor.matrices.empty() && params.corrections.empty()) {
    choices.color = ColorSpace::kCamera;
    note("no color matrix in the file or a profile: using --color camera");
  }
  const bool metered = frame.applied.settings.exposure.count() > 0;
  if (choices.exposure.mode == ExposureChoice::Mode::kMetered && choices.encoding == Encoding::kSrgb && !metered) {
    choices.exposure.mode = ExposureChoice::Mode::kAuto;
    note("no exposure metering in the file: using --exposure auto");
  }
  return settled;
}

float digital_gain_for(const DevelopChoices& choices, const RawFrame& frame, const Decision& decision) {
  if (choices.exposure.mode == ExposureChoice::Mode::kAuto) return decision.controls.digital_gain;
  if (choices.encoding == Encoding::kLinear) return std::exp2(choices.exposure.ev);
  return std::exp2(choices.exposure.ev + frame.capture.baseline_exposure.value_or(0));
}

}  // namespace argent
