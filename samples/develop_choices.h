// samples/develop_choices.h - how a picture is to be made, and what becomes of that for a frame that does not know enough.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aaa/decision.h"
#include "isp/pipeline_params.h"
#include "samples/white_balance.h"

namespace argent {

struct ExposureChoice {
  enum class Mode {
    kMetered,  ///< what the camera metered, with the file's BaselineExposure
    kValue,    ///< the same, `ev` brighter
    kAuto,     ///< our own metering
  };
  Mode mode = Mode::kMetered;
  float ev = 0;
};

/// "metered", "auto" or a number of EV. Throws Error, which begins with `source`.
ExposureChoice exposure_from_text(std::string_view text, std::string_view source = "--exposure");
std::string_view name_of(ExposureChoice::Mode mode);

struct DevelopChoices {
  WhiteBalanceChoice white_balance{};
  ExposureChoice exposure{};
  ColorSpace color = ColorSpace::kSrgb;
  Encoding encoding = Encoding::kSrgb;
  bool whole_active_area = false;           ///< instead of the camera's own crop
  std::optional<Rect> crop{};               ///< part of the picture as it is turned, at full size
  Orientation turn = Orientation::kNormal;  ///< of the upright picture
  float rotate = 0;                         ///< degrees clockwise after that, less than a quarter turn
  std::string lens = "off";                 ///< or auto, or a name of lensfun's
  float focal_length = 0;                   ///< mm, where the file says none
  float scale = 1;                          ///< of width and height
  Size fit{};                               ///< not 0 x 0: largest size inside, instead of scale
};

/// Choices for one frame, with what it does not know replaced, and a line for each replacement.
struct SettledChoices {
  DevelopChoices choices;
  std::vector<std::string> notes;
};
SettledChoices settle(DevelopChoices wanted, const std::filesystem::path& file, const RawFrame& frame, const PipelineParams& params);

/// The factor that render applies. Linear pictures stay as they are unless an exposure was asked for.
float digital_gain_for(const DevelopChoices& choices, const RawFrame& frame, const Decision& decision);

}  // namespace argent
