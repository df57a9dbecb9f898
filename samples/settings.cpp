#include "samples/settings.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "isp/io/params_yaml.h"
#include "isp/picture_area.h"
#include "isp/presets.h"
#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"
#include "samples/develop_options.h"
#include "samples/rect_text.h"

namespace argent {
namespace {

Orientation orientation_of(int quarters, Flip flip) {
  constexpr std::array kTurned{Orientation::kNormal, Orientation::kRotated90, Orientation::kRotated180, Orientation::kRotated270};
  constexpr std::array kFlipped{Orientation::kNormal, Orientation::kMirrored, Orientation::kFlipped};
  return then(kTurned[static_cast<std::size_t>((quarters % 4 + 4) % 4)], kFlipped[static_cast<std::size_t>(flip)]);
}

}  // namespace

std::vector<Field> fields_of(Settings& settings) {
  FieldList list;
  describe(list, settings.isp);
  describe(list, settings.aaa);
  list.group("develop", settings.develop);
  return list.fields();
}

void apply_preset(std::string_view name, Settings& settings, std::string_view source) {
  const auto at = std::find(kPresetNames.begin(), kPresetNames.end(), name);
  if (at == kPresetNames.end()) throw Error(source, ": preset = ", in_quotes(name), ", expected live, balanced or best");
  settings.preset = name;
  const auto preset = static_cast<Preset>(at - kPresetNames.begin());
  apply(preset, settings.isp);
  settings.develop.lens = preset == Preset::kLive ? "off" : "auto";  // a pass more
}

DevelopChoices choices_of(const DevelopWords& words) {
  DevelopChoices choices;
  choices.white_balance = white_balance_from_text(words.wb, "develop.wb");
  choices.white_balance.tint = words.tint;
  choices.exposure = exposure_from_text(words.exposure, "develop.exposure");
  choices.color = words.color;
  choices.encoding = words.encoding;
  choices.whole_active_area = words.crop == "full";
  if (words.crop != "full" && words.crop != "camera") choices.crop = rect_from_text(words.crop, "develop.crop");
  const int quarters = static_cast<int>(std::round(words.rotate / 90));
  const float rest = words.rotate - 90 * static_cast<float>(quarters);
  choices.turn = orientation_of(quarters, words.flip);
  choices.rotate = words.flip == Flip::kNone ? rest : -rest;  // a flip comes after it
  const Resize resize = resize_from_text(words.resize, "develop.resize");
  choices.scale = resize.scale;
  choices.fit = resize.fit;
  if (words.lens.empty()) throw Error("develop.lens \"\": expected off, auto or a lens's name");
  choices.lens = words.lens;
  choices.focal_length = words.focal;
  return choices;
}

std::string write_settings(const Settings& settings) {
  Settings copy = settings;  // describe() needs something to point into
  const std::string preset = settings.preset.empty() ? "" : "preset: " + settings.preset + "\n";
  return preset + write_yaml(fields_of(copy));
}

std::vector<std::string> differences_from_defaults(const Settings& settings) {
  Settings copy = settings, defaults;
  const std::vector<Field> fields = fields_of(copy), standard = fields_of(defaults);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < fields.size(); i++) {
    const std::string text = text_of(fields[i]);
    if (text != text_of(standard[i])) out.push_back(fields[i].path + "=" + text);
  }
  return out;
}

}  // namespace argent
