#include "calibration/profile/translation.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <span>

#include "calibration/profile/color_derivation.h"
#include "calibration/profile/dcp_file.h"
#include "calibration/profile/libcamera_tuning.h"
#include "calibration/profile/raspberry_pi_tuning.h"
#include "calibration/profile/raspberry_pi_writer.h"
#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

constexpr std::array<std::string_view, 6> kNames{"argent", "pi-vc4", "pi-pisp", "libcamera-simple", "libcamera-rkisp1", "dcp"};
constexpr std::uintmax_t kMostBytes = 64'000'000;

bool is_dcp(std::string_view bytes) { return bytes.starts_with("IIRC") || bytes.starts_with("MMCR"); }
bool is_pi(TuningFormat format) { return format == TuningFormat::kPiVc4 || format == TuningFormat::kPiPisp; }
RaspberryPiTarget target_of(TuningFormat format) {
  return format == TuningFormat::kPiPisp ? RaspberryPiTarget::kPisp : RaspberryPiTarget::kVc4;
}

std::span<const std::uint8_t> octets(std::string_view bytes) { return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}; }

bool names_raspberry_pi(const YamlNode& map) {
  return std::any_of(map.keys.begin(), map.keys.end(), [](const std::string& key) { return key.starts_with("rpi."); });
}

std::optional<TuningFormat> format_of(const YamlNode& root) {
  if (root.kind != YamlNode::Kind::kMap) return std::nullopt;
  if (root.find("argent_profile") != nullptr) return TuningFormat::kArgent;
  const YamlNode* list = root.find("algorithms");
  const bool is_list = list != nullptr && list->kind == YamlNode::Kind::kList;
  if (names_raspberry_pi(root) || (is_list && std::any_of(list->items.begin(), list->items.end(), names_raspberry_pi))) {
    const YamlNode* target = root.find("target");
    return target != nullptr && target->scalar == "pisp" ? TuningFormat::kPiPisp : TuningFormat::kPiVc4;
  }
  if (!is_list) return std::nullopt;
  return pipeline_of(root) == LibcameraPipeline::kSimple ? TuningFormat::kSimple : TuningFormat::kRkisp1;
}

ImportedTuning import_argent(std::string_view bytes, std::string_view source) {
  ImportedTuning out{parse_profile(bytes, source), {}};
  if (out.profile.dcp.empty()) return out;
  out.profile.color = std::make_shared<const DngProfile>(load_dcp(std::filesystem::path(source).parent_path() / out.profile.dcp));
  return out;
}

ImportedTuning import_raspberry_pi(std::string_view bytes, std::string_view source) {
  RaspberryPiTuning tuning = parse_raspberry_pi_tuning(bytes, source);
  tuning.camera.name = std::filesystem::path(source).stem().string();
  ImportedTuning out{std::move(tuning.camera), {}};
  if (tuning.scaled_corrections) out.remarks.push_back("rpi.ccm: rows that do not sum to 1 are scaled, for they would tint white");
  for (const std::string& name : tuning.unused) out.remarks.push_back(shown(name) + ": a profile has no place for it; left out");
  return out;
}

ImportedTuning import_dcp(std::string_view bytes, std::string_view source) {
  const DngProfile dng = parse_dcp(octets(bytes), source);
  ImportedTuning out{profile_of_dng(dng), {}};
  const auto left_out = [&](bool is_there, const char* what) {
    if (is_there) out.remarks.push_back(std::string(what) + ": left out (a profile that says `dcp: FILE` has it)");
  };
  left_out(dng.illuminants[0].hue_sat.hues > 0 || dng.illuminants[1].hue_sat.hues > 0, "hue and saturation tables");
  left_out(dng.look.hues > 0, "look table");
  left_out(!dng.tone_curve.empty(), "tone curve");
  left_out(dng.baseline_exposure_offset.has_value(), "exposure offset");
  check(out.profile, source);
  return out;
}

TuningText raspberry_pi_edited(std::string_view bytes, std::string_view source, TuningFormat to) {
  parse_raspberry_pi_tuning(bytes, source);  // what it says must make sense, not only its form
  RaspberryPiDocument document(bytes, source);
  std::vector<std::string> remarks = document.retarget(target_of(to));
  return {document.json(), std::move(remarks)};
}

TuningText dcp_of(const CameraProfile& profile, std::string_view source) {
  DngColor color = dng_color_of(profile);
  if (!color.profile.illuminants[0].color_matrix) {
    const std::string why = color.remarks.empty() ? "" : " (" + color.remarks.back() + ")";
    throw Error(source, ": no color matrix is known, and a DCP needs one", why);
  }
  TuningText out{write_dcp(color.profile), std::move(color.remarks)};
  const auto none = [&](bool is_there, const char* what) {
    if (is_there) out.remarks.push_back(std::string(what) + ": a DCP has no place for it; left out");
  };
  none(profile.black || profile.white, "black and white");
  none(!profile.isp.shading.empty(), "lens shading");
  none(!profile.noise.empty(), "noise");
  none(!profile.aaa.white_balance.prior.curve.empty(), "cct curve");
  none(!profile.aaa.white_balance.prior.lux_priors.empty(), "lux priors");
  none(profile.lux_reference.has_value(), "lux reference");
  for (std::string& remark : left_out_of(profile)) out.remarks.push_back(std::move(remark));
  return out;
}

TuningText written(const CameraProfile& profile, std::string_view source, TuningFormat to, std::string_view base) {
  switch (to) {
    case TuningFormat::kArgent:
      return {write_profile(profile), {}};
    case TuningFormat::kPiVc4:
    case TuningFormat::kPiPisp:
      return write_raspberry_pi_tuning(profile, target_of(to),
                                       base.empty() ? std::nullopt : std::optional(RaspberryPiDocument(base, "base")));
    case TuningFormat::kSimple:
      return write_simple_tuning(profile);
    case TuningFormat::kRkisp1:
      return write_rkisp1_tuning(profile);
    case TuningFormat::kDcp:
      break;
  }
  return dcp_of(profile, source);
}

TuningText translated(std::string_view bytes, std::string_view source, TuningFormat to, std::string_view base) {
  const auto from = tuning_format_of(bytes, source);
  if (from && is_pi(*from) && is_pi(to) && base.empty()) return raspberry_pi_edited(bytes, source, to);
  if (from == TuningFormat::kDcp && to == TuningFormat::kDcp) return {write_dcp(parse_dcp(octets(bytes), source)), {}};
  ImportedTuning imported = import_tuning(bytes, source);
  TuningText out = written(imported.profile, source, to, base);
  out.remarks.insert(out.remarks.begin(), imported.remarks.begin(), imported.remarks.end());
  return out;
}

}  // namespace

std::string_view name_of(TuningFormat format) { return kNames[static_cast<std::size_t>(format)]; }

TuningFormat tuning_format_of_name(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found != kNames.end()) return static_cast<TuningFormat>(found - kNames.begin());
  std::string list;
  for (std::string_view known : kNames) list += (list.empty() ? "" : ", ") + std::string(known);
  throw Error("unknown format ", in_quotes(name), ", expected one of ", list);
}

std::optional<TuningFormat> tuning_format_of(std::string_view bytes, std::string_view source) {
  if (is_dcp(bytes)) return TuningFormat::kDcp;
  return format_of(parse_yaml(bytes, source, DuplicateKeys::kKept));
}

std::string read_tuning_file(const std::filesystem::path& path) {
  std::error_code failure;
  const bool is_file = std::filesystem::is_regular_file(path, failure);
  std::ifstream file(path, std::ios::binary);
  std::array<char, 4> head{};
  if (is_file && file) file.read(head.data(), head.size());
  if (!is_dcp({head.data(), head.size()})) return read_yaml_file(path);
  const std::uintmax_t size = std::filesystem::file_size(path, failure);
  if (failure || size > kMostBytes) throw Error(path.string(), ": ", size, " bytes are too many for a camera profile");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  file.seekg(0);
  if (!file.read(bytes.data(), static_cast<std::streamsize>(size))) throw Error(path.string(), ": cannot be read");
  return bytes;
}

ImportedTuning import_tuning(std::string_view bytes, std::string_view source) {
  const auto format = tuning_format_of(bytes, source);
  if (!format) throw Error(source, ": is no tuning that is known: expected argent_profile, algorithms of rpi. or of libcamera, or a DCP");
  switch (*format) {
    case TuningFormat::kArgent:
      return import_argent(bytes, source);
    case TuningFormat::kPiVc4:
    case TuningFormat::kPiPisp:
      return import_raspberry_pi(bytes, source);
    case TuningFormat::kSimple:
    case TuningFormat::kRkisp1:
      return import_libcamera_tuning(bytes, source);
    case TuningFormat::kDcp:
      break;
  }
  return import_dcp(bytes, source);
}

TuningText translate_tuning(std::string_view bytes, std::string_view source, TuningFormat to, std::string_view base) {
  if (!base.empty() && !is_pi(to)) throw Error("a base is for Raspberry Pi tunings, not for ", name_of(to));
  TuningText out = translated(bytes, source, to, base);
  try {
    import_tuning(out.bytes, source);
  } catch (const Error& error) {
    throw Error("what would be written as ", name_of(to), " is refused when it is read again: ", error.what());
  }
  return out;
}

}  // namespace argent
