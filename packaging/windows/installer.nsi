; SPDX-License-Identifier: MIT
; The installer for Windows (NSIS 3, Modern UI). packaging/other_systems.py calls it and hands over, by -D:
;   NAME VERSION TITLE PUBLISHER KILOBYTES   what it is, and how large when installed
;   PROGRAM ICON SIDE INTO                   the built folder, the icon, a picture of 328 x 628, the installer to make
;   SIGN                                     if there is a certificate: a command that signs the uninstaller, "%1"
;
; It installs for one person, without an administrator, or for everybody: /CurrentUser or /AllUsers. Silent: /S, and
; /D=FOLDER as the last word. Removing leaves the person's settings, history and keys, unless that is ticked, or
; /RemoveData said. Silently it ends with 0, with 2 for a folder that it does not take, with 3 while the program runs,
; and with 4 where something could not be written or removed.
Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
ManifestDPIAware true
ManifestSupportedOS Win10

!define REGISTERED "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"
!define MULTIUSER_MUI
!define MULTIUSER_EXECUTIONLEVEL Highest
!define MULTIUSER_INSTALLMODE_DEFAULT_CURRENTUSER
!define MULTIUSER_INSTALLMODE_COMMANDLINE
!define MULTIUSER_USE_PROGRAMFILES64
!define MULTIUSER_INSTALLMODE_INSTDIR "${TITLE}"
; An upgrade goes where the older one is.
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_KEY "${REGISTERED}"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_VALUENAME "InstallLocation"
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_KEY "${REGISTERED}"
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_VALUENAME "InstallLocation"
!include MultiUser.nsh
!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include Sections.nsh
!include WinVer.nsh

Name "${TITLE}"
OutFile "${INTO}"
BrandingText "${TITLE} ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "${TITLE}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "Installs ${TITLE}"
VIAddVersionKey CompanyName "${PUBLISHER}"
VIAddVersionKey LegalCopyright "MIT licence"
!ifdef SIGN
    !uninstfinalize '${SIGN}'
!endif

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MULTIUSER_INSTALLMODEPAGE_TEXT_TOP "Choose “Only for me”, unless other people with accounts of their own on this computer are to use it as well."
!define MULTIUSER_INSTALLMODEPAGE_TEXT_CURRENTUSER "Only for &me"
!define MULTIUSER_INSTALLMODEPAGE_TEXT_ALLUSERS "For &everybody who uses this computer"
!insertmacro MULTIUSER_PAGE_INSTALLMODE
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE LookAtFolder
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_WELCOMEFINISHPAGE_BITMAP "${SIDE}"
!define MUI_FINISHPAGE_TITLE "${TITLE} is installed"
!define MUI_FINISHPAGE_TEXT "You find it in the start menu. Without an account you can try all of it with Practice, a cloud on this computer."
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_TEXT "Start ${TITLE}"
!define MUI_FINISHPAGE_RUN_FUNCTION StartAsThePerson
!insertmacro MUI_PAGE_FINISH
!define MUI_PAGE_HEADER_TEXT "What to remove"
!define MUI_PAGE_HEADER_SUBTEXT "Your settings, history and keys stay, unless you tick them."
!define MUI_COMPONENTSPAGE_NODESC
!define MUI_COMPONENTSPAGE_TEXT_TOP "Tick your settings, history and keys only if you do not want them any more: they cannot be brought back. Without the tick, they are there again when you install ${TITLE} another time."
!define MUI_COMPONENTSPAGE_TEXT_COMPLIST "Remove:"
!define MUI_PAGE_CUSTOMFUNCTION_SHOW un.HideSize
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English

; What is removed takes no space.
Function un.HideSize
    FindWindow $0 "#32770" "" $HWNDPARENT
    GetDlgItem $0 $0 1023
    ShowWindow $0 ${SW_HIDE}
FunctionEnd

; A program file that cannot be opened for writing belongs to a program that runs.
!macro UnlessItRuns UN
Function ${UN}UnlessItRuns
    again:
    StrCpy $1 "free"
    ${For} $0 1 2
        StrCpy $2 "$INSTDIR\${NAME}.exe"
        ${If} $0 = 2
            StrCpy $2 "$INSTDIR\${NAME}-cli.exe"
        ${EndIf}
        ${If} ${FileExists} $2
            ClearErrors
            FileOpen $3 $2 a
            ${If} ${Errors}
                StrCpy $1 "runs"
            ${Else}
                FileClose $3
            ${EndIf}
        ${EndIf}
    ${Next}
    ${If} $1 == "runs"
        MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "${TITLE} is running. Close its windows, and end what was started with ${NAME}-cli, then try again. Nothing has been changed yet.$\n$\n(If it is not running, you have no right to change the files in $INSTDIR. Ask an administrator then.)" /SD IDCANCEL IDRETRY again
        SetErrorLevel 3
        Quit
    ${EndIf}
FunctionEnd
!macroend
!insertmacro UnlessItRuns ""
!insertmacro UnlessItRuns "un."

; What an upgrade removes must be ours: many programs have a folder of that name.
!macro IfAnotherIsThere
    ${If} ${FileExists} "$INSTDIR\_internal\*.*"
    ${AndIfNot} ${FileExists} "$INSTDIR\${NAME}.exe"
!macroend

Function LookAtFolder
    !insertmacro IfAnotherIsThere
        MessageBox MB_OK|MB_ICONEXCLAMATION "Another program is in $INSTDIR. Choose an empty folder, or a new one."
        Abort
    ${EndIf}
FunctionEnd

Function .onInit
    ${IfNot} ${AtLeastWin10}
        MessageBox MB_OK|MB_ICONSTOP "${TITLE} needs Windows 10 or later." /SD IDOK
        SetErrorLevel 4
        Quit
    ${EndIf}
    ; What /D names stands here already, and would be lost.
    StrCpy $9 $INSTDIR
    !insertmacro MULTIUSER_INIT
    ${If} $9 != ""
        StrCpy $INSTDIR $9
    ${EndIf}
FunctionEnd

; The installer may have an administrator's rights, which the program must not get.
Function StartAsThePerson
    Exec '"$WINDIR\explorer.exe" "$INSTDIR\${NAME}.exe"'
FunctionEnd

Section "Program"
    !insertmacro IfAnotherIsThere
        SetErrorLevel 2
        Abort "Another program is in $INSTDIR: nothing was installed. Choose an empty folder, or a new one."
    ${EndIf}
    Call UnlessItRuns
    ; Parts of an older version must not be found by a newer one.
    RMDir /r "$INSTDIR\_internal"
    SetOutPath "$INSTDIR"
    ClearErrors
    File /r "${PROGRAM}/*.*"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    ${If} ${Errors}
        SetErrorLevel 4
        Abort "The files could not be written to $INSTDIR. Choose another folder, or make room on the disk."
    ${EndIf}
    CreateShortcut "$SMPROGRAMS\${TITLE}.lnk" "$INSTDIR\${NAME}.exe" "" "$INSTDIR\${NAME}.exe" 0
    WriteRegStr SHCTX "${REGISTERED}" "DisplayName" "${TITLE}"
    WriteRegStr SHCTX "${REGISTERED}" "DisplayVersion" "${VERSION}"
    WriteRegStr SHCTX "${REGISTERED}" "DisplayIcon" "$INSTDIR\${NAME}.exe"
    WriteRegStr SHCTX "${REGISTERED}" "Publisher" "${PUBLISHER}"
    WriteRegStr SHCTX "${REGISTERED}" "InstallLocation" "$INSTDIR"
    WriteRegStr SHCTX "${REGISTERED}" "UninstallString" '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode'
    WriteRegStr SHCTX "${REGISTERED}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode /S'
    WriteRegDWORD SHCTX "${REGISTERED}" "EstimatedSize" ${KILOBYTES}
    WriteRegDWORD SHCTX "${REGISTERED}" "NoModify" 1
    WriteRegDWORD SHCTX "${REGISTERED}" "NoRepair" 1
SectionEnd

; What needs the program is done before the program goes.
Section /o "un.My settings, history and keys" PersonsData
    Call un.UnlessItRuns
    nsExec::ExecToLog '"$INSTDIR\${NAME}-cli.exe" remove-data --yes'
    Pop $0
    ${If} $0 != 0
        MessageBox MB_OK|MB_ICONEXCLAMATION "Not all of your settings, history and keys could be removed, so ${TITLE} stays as well. The list above says why." /SD IDOK
        SetErrorLevel 4
        Abort
    ${EndIf}
SectionEnd

Section "un.${TITLE}"
    SectionIn RO
    Call un.UnlessItRuns
    RMDir /r "$INSTDIR\_internal"
    Delete "$INSTDIR\${NAME}.exe"
    Delete "$INSTDIR\${NAME}-cli.exe"
    Delete "$INSTDIR\LICENSE.txt"
    Delete "$INSTDIR\THIRD-PARTY.txt"
    Delete "$INSTDIR\uninstall.exe"
    ; What somebody else put there stays, and the folder with it.
    RMDir "$INSTDIR"
    Delete "$SMPROGRAMS\${TITLE}.lnk"
    DeleteRegKey SHCTX "${REGISTERED}"
SectionEnd

Function un.onInit
    !insertmacro MULTIUSER_UNINIT
    ; The tick is for a person; silently it is a word.
    ${GetParameters} $0
    ClearErrors
    ${GetOptions} $0 "/RemoveData" $1
    ${IfNot} ${Errors}
        !insertmacro SelectSection ${PersonsData}
    ${EndIf}
FunctionEnd
