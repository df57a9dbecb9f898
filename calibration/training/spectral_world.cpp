#include "calibration/training/spectral_world.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <string_view>
#include <utility>

#include "camera/spectral/illuminants.h"
#include "camera/spectral/observer.h"
#include "camera/spectral/reflectances.h"
#include "isp/io/yaml_document.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxSurfaces = 10'000;

/// Names without path and extension, sorted: folders list their files in any order.
std::vector<std::string> stems_in(const fs::path& folder, std::string_view extension) {
  std::vector<std::string> stems;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == extension) stems.push_back(entry->path().stem().string());
  }
  if (error) throw Error(folder.string(), ": can't be read: ", error.message());
  if (stems.empty()) throw Error(folder.string(), ": no files *", extension);
  std::sort(stems.begin(), stems.end());
  return stems;
}

MeasuredCamera load_camera(const std::string& stem, const fs::path& folder) {
  MeasuredCamera camera{stem.substr(0, stem.find("_380_780_5")), measured_sensitivities(stem, folder)};
  float peak = 0;
  for (const Spectrum& channel : camera.sensitivities) peak = std::max(peak, *std::max_element(channel.begin(), channel.end()));
  for (Spectrum& channel : camera.sensitivities) {
    for (float& value : channel) value /= peak;
  }
  return camera;
}

/// What the names of CIE's illuminants, of ISO 7589 and of the lamps that NIST and RIT published say; the first that fits counts.
std::optional<LightKind> kind_of(std::string_view name) {
  struct Word {
    std::string_view text;
    bool whole;  ///< the name is this, not only holds it
    LightKind kind;
  };
  static constexpr Word kWords[] = {
      {"LED", false, LightKind::kLed},
      {"PHOS-", false, LightKind::kLed},
      {"Luxeon", false, LightKind::kLed},
      {"A", true, LightKind::kTungsten},
      {"SA", true, LightKind::kTungsten},
      {"60_A_W", false, LightKind::kTungsten},
      {"Incandescent", false, LightKind::kTungsten},
      {"Tungsten", false, LightKind::kTungsten},
      {"Photoflood", false, LightKind::kTungsten},
      {"Sensitometric_Printer", false, LightKind::kTungsten},
      {"HP", false, LightKind::kDischarge},  // CIE's HP1 to HP5, and every HPS
      {"LPS", true, LightKind::kDischarge},
      {"Mercury", false, LightKind::kDischarge},
      {"Metal_Halide", false, LightKind::kDischarge},
      {"MHC", false, LightKind::kDischarge},
      {"Kinoton", false, LightKind::kDischarge},
      {"FL", false, LightKind::kFluorescent},
      {"F32T8", false, LightKind::kFluorescent},
      {"F34T12", false, LightKind::kFluorescent},
      {"T8_", false, LightKind::kFluorescent},
      {"TL-84", false, LightKind::kFluorescent},
      {"Kolor-rite", false, LightKind::kFluorescent},
      {"Natural", true, LightKind::kFluorescent},
      {"Daylight", false, LightKind::kReference},
      {"D50", false, LightKind::kReference},
      {"D55", true, LightKind::kReference},
      {"D60", true, LightKind::kReference},
      {"D65", false, LightKind::kReference},
      {"D75", true, LightKind::kReference},
      {"B", true, LightKind::kReference},
      {"C", true, LightKind::kReference},
      {"SC", true, LightKind::kReference},
      {"E", true, LightKind::kReference},
  };
  for (const Word& word : kWords) {
    if (word.whole ? name == word.text : name.find(word.text) != std::string_view::npos) return word.kind;
  }
  return std::nullopt;
}

/// nullopt: no light (CIE's components of daylight lie in the same folder).
std::optional<MeasuredLight> load_light(const std::string& stem, const fs::path& folder) {
  for (const std::string_view prefix : {"illum__", "light__"}) {
    if (!stem.starts_with(prefix)) continue;
    const std::string name = stem.substr(prefix.size());
    const std::optional<LightKind> kind = kind_of(name);
    const std::string path = (folder / "illuminants" / (stem + ".csv")).string();
    if (!kind) throw Error(path, ": the name does not say what kind of lamp it is, expected LED, Incandescent, HPS, FL or the like in it");
    MeasuredLight light{name, *kind, illuminant(name, folder)};
    if (*std::max_element(light.power.begin(), light.power.end()) <= 0) throw Error(path, ": a light without power");
    return light;
  }
  return std::nullopt;
}

/// CIELAB (CIE 15:2004, eq. 8.3 to 8.5) under D65: chroma, and hue in degrees from 0 to 360.
std::array<float, 2> chroma_and_hue(const Spectrum& reflectance) {
  static const Spectrum d65 = illuminant("D65");
  const Vec3 white = xyz_of(d65, white_surface()), xyz = xyz_of(d65, reflectance);
  std::array<float, 3> f{};
  for (std::size_t c = 0; c < 3; c++) {
    const float t = xyz[c] / white[c];
    f[c] = t > 216.0f / 24389 ? std::cbrt(t) : (24389.0f / 27 * t + 16) / 116;
  }
  const float a = 500 * (f[0] - f[1]), b = 200 * (f[1] - f[2]);
  const float hue = std::atan2(b, a) * (180 / std::numbers::pi_v<float>);
  return {std::hypot(a, b), hue < 0 ? hue + 360 : hue};
}

SurfaceKind kind_of(const Spectrum& reflectance) {
  const auto [chroma, hue] = chroma_and_hue(reflectance);
  constexpr std::size_t kRed = 58, kInfrared = 72;  // 670 nm, where chlorophyll absorbs, and 740 nm, where it does not
  if (chroma < 8) return SurfaceKind::kGrey;
  if (hue > 100 && hue < 140 && reflectance[kInfrared] > 2 * reflectance[kRed]) return SurfaceKind::kFoliage;
  if (hue > 25 && hue < 95 && chroma < 50) return SurfaceKind::kEarth;
  return SurfaceKind::kPaint;
}

float reflectance_of(const YamlNode& node, const std::string& source) {
  float value = 0;
  Field field{"reflectance", &value, {.min = 0, .max = 2}};
  if (node.kind != YamlNode::Kind::kScalar) throw Error(place_of(node, source), ": expected a number");
  assign(field, node.scalar, place_of(node, source));
  return value;
}

void load_surfaces(const fs::path& path, std::vector<Surface>& surfaces) {
  const std::string source = path.string();
  const YamlNode root = parse_yaml(read_yaml_file(path), source);  // YAML reads JSON
  const YamlNode* node = &root;
  for (const char* key : {"spectral_data", "data", "main"}) {
    node = node->find(key);
    if (node == nullptr) throw Error(source, ": no spectral_data.data.main, expected rawtoaces' reflectances");
  }
  const std::size_t first = surfaces.size();
  std::size_t count = 0;
  for (std::size_t i = 0; i < kSamples; i++) {
    const std::string key = std::to_string(static_cast<int>(wavelength(i)));
    const YamlNode* row = node->find(key);
    if (row == nullptr || row->kind != YamlNode::Kind::kList) throw Error(source, ": no reflectances at ", key, " nm");
    if (i == 0) {
      count = row->items.size();
      if (count == 0 || count > kMaxSurfaces) throw Error(source, ": ", count, " reflectances, expected 1 to ", kMaxSurfaces);
      surfaces.resize(first + count);
    }
    if (row->items.size() != count) throw Error(source, ": ", row->items.size(), " reflectances at ", key, " nm, expected ", count);
    for (std::size_t s = 0; s < count; s++) surfaces[first + s].reflectance[i] = reflectance_of(row->items[s], source);
  }
  for (std::size_t s = first; s < surfaces.size(); s++) surfaces[s].kind = kind_of(surfaces[s].reflectance);
}

}  // namespace

SpectralWorld load_spectral_world(const fs::path& folder) {
  SpectralWorld world;
  for (const std::string& stem : stems_in(folder / "cameras", ".json")) world.cameras.push_back(load_camera(stem, folder));
  for (const std::string& stem : stems_in(folder / "illuminants", ".csv")) {
    if (auto light = load_light(stem, folder)) world.lights.push_back(*std::move(light));
  }
  for (const std::string& stem : stems_in(folder / "reflectances", ".json")) {
    load_surfaces(folder / "reflectances" / (stem + ".json"), world.surfaces);
  }
  const std::pair<LightKind, const char*> drawn[] = {{LightKind::kTungsten, "incandescent"},
                                                     {LightKind::kFluorescent, "fluorescent"},
                                                     {LightKind::kLed, "led"},
                                                     {LightKind::kDischarge, "discharge"}};
  for (const auto& [kind, name] : drawn) {
    if (std::none_of(world.lights.begin(), world.lights.end(), [kind = kind](const MeasuredLight& light) { return light.kind == kind; })) {
      throw Error((folder / "illuminants").string(), ": no ", name, " lamp, expected at least one");
    }
  }
  return world;
}

}  // namespace argent
