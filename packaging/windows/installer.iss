; SPDX-License-Identifier: MIT
; Inno Setup script, not yet seen running. packaging/other_systems.py calls it, and hands over NAME, VERSION, TITLE, and
; by INTO and STEM the folder and the beginning of the name of what is made.
; It installs for one person without an administrator, and leaves that person's settings and history when removed.
[Setup]
AppId={#NAME}
AppName={#TITLE}
AppVersion={#VERSION}
AppVerName={#TITLE} {#VERSION}
DefaultDirName={autopf}\{#TITLE}
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
SourceDir=..\..
OutputDir={#INTO}
OutputBaseFilename={#STEM}-setup
LicenseFile=LICENSE
SetupIconFile=build\app.ico
UninstallDisplayIcon={app}\{#NAME}.exe
Compression=lzma2
SolidCompression=yes
CloseApplications=yes
WizardStyle=modern

[Files]
Source: "build\dist\{#NAME}\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[InstallDelete]
; Parts of an older version must not be found by a newer one.
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{autoprograms}\{#TITLE}"; Filename: "{app}\{#NAME}.exe"

[Run]
Filename: "{app}\{#NAME}.exe"; Description: "{cm:LaunchProgram,{#TITLE}}"; Flags: nowait postinstall skipifsilent
