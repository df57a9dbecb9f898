// argent-list - what cameras there are, how they are driven, and why one is missing. `argent list` runs it.
//
// usage: argent list [--json]
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>

#include "camera/live/camera_list.h"

namespace {

using namespace argent;
using Json = nlohmann::ordered_json;

constexpr int kNoCamera = 1;

constexpr const char* kFooter = R"(
The exit status is 1 when there is no camera, or only such that can't be used.

Examples:
  argent list                            for people
  argent list --json | jq .cameras[].id  for scripts
)";

std::string text_of(Size size) { return std::to_string(size.width) + "x" + std::to_string(size.height); }

void print(const CameraReport& report) {
  std::cout << report.camera.id << "\n  sensor   " << report.camera.model << '\n';
  if (!report.control.empty()) std::cout << "  driven   by " << report.control << '\n';
  for (const RawMode& mode : report.modes) {
    std::cout << "  mode     " << mode.format;
    for (const Size& size : mode.sizes) std::cout << ' ' << text_of(size);
    std::cout << '\n';
  }
  for (const std::string& control : report.camera.controls) std::cout << "  control  " << control << '\n';
  for (const std::string& trouble : report.troubles) std::cout << "  trouble  " << trouble << '\n';
}

Json json_of(const CameraReport& report) {
  Json modes = Json::array();
  for (const RawMode& mode : report.modes) {
    Json sizes = Json::array();
    for (const Size& size : mode.sizes) sizes.push_back(Json::array({size.width, size.height}));
    modes.push_back({{"format", mode.format}, {"sizes", sizes}});
  }
  return {
      {"id", report.camera.id}, {"sensor", report.camera.model},      {"control", report.control.empty() ? Json() : Json(report.control)},
      {"modes", modes},         {"controls", report.camera.controls}, {"troubles", report.troubles}};
}

std::string json_of(const CameraSurvey& survey) {
  Json cameras = Json::array();
  for (const CameraReport& report : survey.cameras) cameras.push_back(json_of(report));
  const Json json{{"libcamera", survey.libcamera}, {"cameras", cameras}, {"troubles", survey.troubles}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void print(const CameraSurvey& survey) {
  for (const CameraReport& report : survey.cameras) print(report);
  if (survey.cameras.empty()) std::cout << "no camera (libcamera " << survey.libcamera << ")\n";
  for (const std::string& trouble : survey.troubles) std::cout << "trouble  " << trouble << '\n';
}

bool usable(const CameraReport& report) { return !report.modes.empty() && !report.control.empty() && report.troubles.empty(); }

int run(int argc, char** argv) {
  CLI::App app("Lists the cameras of this machine: modes, controls, what drives the sensor, and why one is missing.", "argent list");
  app.footer(kFooter);
  bool json = false;
  app.add_flag("--json", json, "one object: libcamera, cameras, troubles");
  CLI11_PARSE(app, argc, argv);
  ::setenv("LIBCAMERA_LOG_LEVELS", "*:FATAL", 0);  // what it has to say is said here, in words
  const CameraSurvey survey = survey_cameras();
  if (json) {
    std::cout << json_of(survey) << '\n';
  } else {
    print(survey);
  }
  std::cout.flush();
  if (!std::cout) throw std::runtime_error("cannot write to stdout");
  return std::any_of(survey.cameras.begin(), survey.cameras.end(), usable) ? 0 : kNoCamera;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "argent: " << error.what() << '\n';
    return 2;
  }
}
