// samples/settings.h - everything that decides how a photo is developed, as a settings file holds it.
//
//   preset: best
//   tone: {contrast: 1.3}            parameters, as --set names them
//   develop: {wb: 5200, tint: 10}    choices, as the options of `argent develop` take them
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aaa/controller_params.h"
#include "isp/params.h"
#include "isp/pipeline_params.h"
#include "samples/develop_choices.h"

namespace argent {

enum class Flip { kNone, kHorizontal, kVertical };
inline constexpr std::array<std::string_view, 3> kFlipNames{"none", "horizontal", "vertical"};
inline constexpr std::array<std::string_view, 5> kColorNames{"srgb", "camera", "p3", "rec2020", "rec2100-pq"};  // as ColorSpace has them
inline constexpr std::array<std::string_view, 2> kEncodingNames{"srgb", "linear"};

/// DevelopChoices in words: what can be said of any photo, before one is looked at.
struct DevelopWords {
  std::string wb = "camera", exposure = "metered", crop = "camera", resize = "100%";
  std::string lut = "";  ///< .cube file; empty: none
  std::string lens = "off";
  float focal = 0;
  float tint = 0;
  ColorSpace color = ColorSpace::kSrgb;
  Encoding encoding = Encoding::kSrgb;
  float rotate = 0;
  Flip flip = Flip::kNone;
};

template <class List>
void describe(List& list, DevelopWords& p) {
  list.field("wb", p.wb, {.doc = "white balance: camera, auto, R,G,B, kelvin or box X,Y,W,H"});
  list.field("tint", p.tint, {.min = -kLargestTint, .max = kLargestTint, .doc = "more magenta, below 0 greener; 3000 times Duv"});
  list.field("exposure", p.exposure, {.doc = "metered, auto or EV brighter than metered"});
  list.choice("color", p.color, kColorNames, {.doc = "srgb, p3, rec2020, rec2100-pq; camera: no matrix"});
  list.field("lut", p.lut, {.doc = "3D LUT on the finished picture, a .cube file"});
  list.choice("encoding", p.encoding, kEncodingNames, {.doc = "linear: no tone curve"});
  list.field("lens", p.lens,
             {.doc = "lensfun's correction: off, auto (the file's lens, if it is certain) or a name; presets set off or auto"});
  list.field("focal", p.focal, {.min = 0, .max = 5000, .unit = "mm", .doc = "focal length where the file says none"});
  list.field("crop", p.crop, {.doc = "camera, full or X,Y,W,H of the picture as it is turned, at full size"});
  list.field("rotate", p.rotate,
             {.min = -360,
              .max = 360,
              .unit = "degrees",
              .doc = "clockwise: quarter turns, and the rest as geometry.rotate, to which it is added"});
  list.choice("flip", p.flip, kFlipNames, {.doc = "after the turn"});
  list.field("resize", p.resize, {.doc = "WxH: the largest picture inside, or percent"});
}

struct Settings {
  std::string preset;  ///< "live", "balanced" or "best"; empty: nobody said
  PipelineParams isp;
  ControllerParams aaa;
  DevelopWords develop;
  std::shared_ptr<const Lut3d> lut;  ///< what develop.lut names; nullptr: none
};

/// All that can be said by --set and in settings files: isp's and aaa's at the top, the rest as develop.*.
std::vector<Field> fields_of(Settings& settings);

/// The demosaic and whatever else a preset is. Throws Error for another name than these.
void apply_preset(std::string_view name, Settings& settings, std::string_view source);

/// Throws Error that names the word: each is "develop.wb ..." after `source`, when there is one.
DevelopChoices choices_of(const DevelopWords& words);

/// A settings file with every value, its range and its meaning: reading it over defaults gives the same settings.
std::string write_settings(const Settings& settings);

/// "tone.contrast=1.3" of each field that is not at its default.
std::vector<std::string> differences_from_defaults(const Settings& settings);

}  // namespace argent
