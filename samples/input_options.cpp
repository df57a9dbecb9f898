#include "samples/input_options.h"

#include <CLI/CLI.hpp>
#include <charconv>

#include "calibration/profile/dcp_file.h"
#include "isp/dng_color.h"
#include "isp/io/raw_file.h"
#include "isp/params.h"
#include "models/runtime/error.h"
#include "samples/usage_error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

/// "64" or "63.5,64,64,65": one level for all sites, or R, G, G, B.
std::array<float, 4> levels_from_text(const std::string& text) {
  std::array<float, 4> levels{};
  std::size_t count = 0;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (count < 4) {
    const auto [rest, failure] = std::from_chars(at, end, levels[count]);
    if (failure != std::errc()) break;
    ++count;
    at = rest;
    if (at == end || *at != ',') break;
    ++at;
  }
  if (at != end || (count != 1 && count != 4))
    throw Error("\"" + text + "\" is no level: expected a number, or four with commas (R,G,G,B)");
  if (count == 1) levels.fill(levels[0]);
  return levels;
}

Packing packing_from_name(const std::string& name) {
  if (name == "bytes") return Packing::kBytes;
  if (name == "mipi") return Packing::kMipi;
  throw Error("unknown packing \"" + name + "\", expected bytes or mipi");
}

CfaPhase cfa_phase_from_text(const std::string& text) {
  constexpr std::string_view kDigits = "012345";
  const auto digit = [&](char c) { return kDigits.find(c) != std::string_view::npos; };
  if (text.size() == 3 && text[1] == ',' && digit(text[0]) && digit(text[2])) return {text[0] - '0', text[2] - '0'};
  throw Error("\"" + text + "\" is no phase, expected X,Y of 0 to 5 each, as 2,3");
}

template <class Set>
CLI::Option* add_text_option(CLI::App& app, const char* name, const char* type, const char* meaning, Set set) {
  return app.add_option_function<std::string>(name, set, meaning)->type_name(type);
}

void add_mosaic_options(CLI::App& app, MosaicDescription& mosaic, std::string& sidecar) {
  const char* group = "Headerless mosaics (.raw .raw.gz .bin)";
  const auto add = [&](const char* name, const char* type, const char* meaning, auto set) {
    add_text_option(app, name, type, meaning, set)->group(group);
  };
  add("--size", "WxH", "pixels of the mosaic, as 1920x1080", [&](const std::string& s) { mosaic.size = size_from_text(s); });
  add("--cfa", "NAME", "color of the first pixels: rggb grbg gbrg bggr mono xtrans",
      [&](const std::string& s) { mosaic.cfa = cfa_from_name(s); });
  add("--cfa-phase", "X,Y", "xtrans: place of the first pixel in the pattern, 0 to 5 each (GBGGRG RGRBGB ..)",
      [&](const std::string& s) { mosaic.cfa_phase = cfa_phase_from_text(s); });
  app.add_option_function<int>(
         "--bits", [&](int bits) { mosaic.bits = bits; }, "bits of a code, 8 to 16")
      ->check(CLI::Range(8, 16).description(""))
      ->type_name("N")
      ->group(group);
  add("--packing", "NAME", "bytes (default) or mipi (RAW10, RAW12, RAW14)",
      [&](const std::string& s) { mosaic.packing = packing_from_name(s); });
  add("--black", "N", "code of no light, fractions allowed; or R,G,G,B", [&](const std::string& s) { mosaic.black = levels_from_text(s); });
  add("--white", "N", "code of saturation; or R,G,G,B", [&](const std::string& s) { mosaic.white = levels_from_text(s); });
  app.add_option("--sidecar", sidecar,
                 "YAML that says the same (default: FILE.yaml beside FILE),\nor a folder of them; the options above win")
      ->type_name("FILE|DIR")
      ->group(group);
}

/// The description that belongs to `mosaic` in `folder`: named like the file, or like its stem.
std::optional<fs::path> sidecar_in(const fs::path& folder, const fs::path& mosaic) {
  std::error_code error;
  for (const std::string& name : {mosaic.filename().string(), stem_of(mosaic)}) {
    const fs::path candidate = folder / (name + ".yaml");
    if (fs::is_regular_file(candidate, error)) return candidate;
  }
  return std::nullopt;
}

void check_readable(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::exists(status)) {
    const bool missing = !error || error == std::errc::no_such_file_or_directory;
    throw Error(file.string() + ": " + (missing ? "no such file" : error.message()));
  }
  if (!fs::is_regular_file(status)) throw Error(file.string() + ": is not a file");
  if (fs::file_size(file, error) == 0) throw Error(file.string() + ": the file is empty");
}

}  // namespace

void add_input_options(CLI::App& app, InputOptions& options) {
  app.add_option("FILE", options.arguments, "RAW files, headerless mosaics, folders of them, patterns")->required()->type_name("");
  app.add_flag("--recursive", options.recursive, "look into the folders inside a folder, too");
  app.add_option("--profile", options.profile, "camera profile: levels, matrices, shading, parameters")->type_name("FILE.yaml");
  app.add_option_function<std::string>(
         "--black-level", [&](const std::string& name) { options.black = name == "masked" ? BlackSource::kMasked : BlackSource::kFile; },
         "of RAW files: file (default), or masked: as covered\npixels show it")
      ->check(CLI::IsMember({"file", "masked"}).description(""))
      ->type_name("NAME");
  app.add_option("--dcp", options.dcp, "DNG camera profile: matrices, tables and curve instead of the\nfile's own and those of --profile")
      ->type_name("FILE.dcp");
  app.add_option("-p,--settings", options.settings,
                 "settings file: preset, parameters, develop; may be given\nseveral times, the later wins")
      ->type_name("FILE.yaml")
      ->allow_extra_args(false);
  app.add_option_function<std::vector<std::string>>(
         "--set",
         [&options](const std::vector<std::string>& texts) {
           for (const std::string& text : texts) options.assignments.push_back({text, "--set"});
         },
         "change one parameter, as tone.contrast=1.3 (list below);\nmay be given several times")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--threads", options.threads, "cores to use (default: all)")->check(CLI::Range(1, 1024).description(""))->type_name("N");
  add_mosaic_options(app, options.mosaic, options.sidecar);
}

Inputs inputs_of(const InputOptions& options) {
  return expand_inputs(options.arguments, options.recursive ? Recursion::kYes : Recursion::kNo,
                       [](const fs::path& file) { return is_mosaic_file(file) || is_raw_file(file); });
}

std::string settable_parameters() {
  Settings settings;
  std::string text;
  for (const Field& field : fields_of(settings)) {
    if (field.path.starts_with("develop.")) continue;
    std::string line = "  " + field.path + "=" + text_of(field);
    line.resize(std::max<std::size_t>(line.size() + 1, 34), ' ');
    text += line + field.bounds.doc + (*field.bounds.unit ? std::string(" (") + field.bounds.unit + ")" : "") + "\n";
  }
  return text;
}

FrameLoader::FrameLoader(const InputOptions& options) : command_line_(options.mosaic), black_(options.black) {
  if (!options.profile.empty()) {
    profile_ = load_profile(options.profile);
    has_profile_ = true;
  }
  if (!options.dcp.empty()) {
    color_ = std::make_shared<const DngProfile>(load_dcp(options.dcp));
    profile_.isp.corrections.clear();
  }
  layers_.emplace(profile_, options.settings, options.preset, options.assignments);
  if (options.sidecar.empty()) return;
  std::error_code error;
  if (fs::is_directory(options.sidecar, error)) {
    sidecar_folder_ = options.sidecar;
  } else {
    sidecar_ = load_mosaic_description(options.sidecar);
  }
}

MosaicDescription FrameLoader::description_of(const fs::path& mosaic) const {
  MosaicDescription description;
  if (sidecar_) {
    description = *sidecar_;
  } else {
    const fs::path beside = mosaic.parent_path();
    const auto file = sidecar_in(sidecar_folder_.empty() ? beside : sidecar_folder_, mosaic);
    if (file) description = load_mosaic_description(*file);
  }
  return merge(std::move(description), command_line_);
}

RawFrame FrameLoader::load(const fs::path& file) const {
  check_readable(file);
  const bool named_mosaic = is_mosaic_file(file);
  const MosaicDescription description = description_of(file);
  // Some cameras call their RAW files .raw, too: what was described as a mosaic is one; else the decoder is asked first.
  const bool described = description.size.has_value() && (named_mosaic || !is_raw_file(file));
  RawFrame frame;
  if (!described && is_raw_file(file)) {
    frame = load_raw(file, black_);
  } else if (described || named_mosaic) {
    if (black_ == BlackSource::kMasked) throw Error(file.string() + ": --black-level masked: a headerless mosaic has no masked pixels");
    frame = load_mosaic(file, description);
  } else {
    throw Error(file.string() + ": not a RAW file that is known here (headerless mosaics need --size, --cfa and --bits, or a sidecar)");
  }
  if (has_profile_) apply(profile_, frame);
  if (color_) apply(*color_, frame);
  return frame;
}

}  // namespace argent
