#include "samples/settings_layers.h"

#include <optional>
#include <utility>

#include "aaa/illuminant.h"
#include "isp/io/cube_file.h"
#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"
#include "samples/inputs.h"
#include "samples/usage_error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEnding = ".argent.yaml";

std::optional<fs::path> existing_sidecar(const fs::path& photo) {
  std::error_code error;
  for (const fs::path& name : {sidecar_of(photo), photo.parent_path() / (stem_of(photo) + kEnding)}) {
    if (fs::is_regular_file(name, error)) return name;
  }
  return std::nullopt;
}

/// A word that cannot be is an Error with its line.
void check_words(const YamlNode& parameters, const DevelopWords& words, std::string_view source) {
  try {
    choices_of(words);
  } catch (const Error& error) {
    const YamlNode* develop = parameters.find("develop");
    const std::string_view what = error.what();
    for (std::size_t i = 0; develop != nullptr && i < develop->keys.size(); i++) {
      if (what.starts_with("develop." + develop->keys[i] + " ")) throw Error(place_of(develop->items[i], source), ": ", what);
    }
    throw Error(source, ": ", what);
  }
}

void load_weights(AutoWhiteBalanceParams& balance, const std::string& before) {
  if (balance.weights == before) return;
  balance.model = balance.weights.empty() ? nullptr : load_light_model(balance.weights);
  if (!balance.weights.empty()) balance.weights = fs::absolute(balance.weights).string();  // so that it can be written down
}

void load_lut(Settings& settings) {
  std::string& file = settings.develop.lut;
  if (file.empty()) return;
  settings.lut = std::make_shared<const Lut3d>(load_cube(file));
  file = fs::absolute(file).string();  // so that it can be written down
}

}  // namespace

SettingsLayers::SettingsLayers(const CameraProfile& profile, const std::vector<std::string>& files, std::string preset,
                               std::vector<Assignment> assignments)
    : profile_(profile), preset_(std::move(preset)), assignments_(std::move(assignments)) {
  for (const std::string& file : files) documents_.push_back(load(file));
  common_ = layered({});
}

std::shared_ptr<const Settings> SettingsLayers::of_photo(const fs::path& photo) const {
  const auto sidecar = existing_sidecar(photo);
  if (!sidecar) return common_;
  const Document document = load(*sidecar);
  return layered({&document});
}

SettingsLayers::Document SettingsLayers::load(const fs::path& file) {
  Document document{file.string(), file.parent_path(), {}, {}};
  document.parameters = parse_yaml(read_yaml_file(file), document.source);
  const bool has_preset = document.parameters.find("preset") != nullptr;
  const YamlNode preset = take(document.parameters, "preset");
  if (has_preset && preset.kind != YamlNode::Kind::kScalar)
    throw Error(place_of(preset, document.source), ": preset is ", name_of(preset.kind), ", expected live, balanced or best");
  document.preset = preset.scalar;
  Settings tried;  // what is wrong is said at once, and with its line
  if (has_preset) apply_preset(document.preset, tried, place_of(preset, document.source));
  return document;
}

void SettingsLayers::read(const Document& document, Settings& settings) const {
  if (!document.preset.empty()) apply_preset(document.preset, settings, document.source);
  const std::string weights = settings.aaa.white_balance.weights, lut = settings.develop.lut;
  read_fields(fields_of(settings), document.parameters, "", document.source);
  check_words(document.parameters, settings.develop, document.source);
  std::string& now = settings.aaa.white_balance.weights;
  if (now != weights && !now.empty()) now = (document.folder / now).string();  // beside the file that names them
  std::string& look = settings.develop.lut;
  if (look != lut && !look.empty()) look = (document.folder / look).string();
}

std::shared_ptr<const Settings> SettingsLayers::layered(const std::vector<const Document*>& sidecars) const {
  std::vector<const Document*> documents;
  for (const Document& document : documents_) documents.push_back(&document);
  documents.insert(documents.end(), sidecars.begin(), sidecars.end());

  auto settings = std::make_shared<Settings>();
  settings->isp = profile_.isp;
  settings->aaa = profile_.aaa;
  const std::string weights = settings->aaa.white_balance.weights;
  for (const Document* document : documents) read(*document, *settings);
  try {
    if (!preset_.empty()) apply_preset(preset_, *settings, "--preset");
    const std::vector<Field> fields = fields_of(*settings);
    for (const Assignment& assignment : assignments_) {
      assign(fields, assignment.text, assignment.source);
      choices_of(settings->develop);
    }
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
  load_weights(settings->aaa.white_balance, weights);
  load_lut(*settings);
  return settings;
}

fs::path sidecar_of(const fs::path& photo) { return photo.string() + kEnding; }

}  // namespace argent
