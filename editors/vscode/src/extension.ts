// The client of `remit lsp`: it starts the server for the files of packs and shows what the server says.
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions, TransportKind } from "vscode-languageclient/node";

let client: LanguageClient | undefined;

function settings(): { command: string[]; language: string } {
  const configured = vscode.workspace.getConfiguration("remit");
  const command = configured.get<string[]>("command", ["remit", "lsp"]);
  return {
    command: command.length > 0 ? command : ["remit", "lsp"],
    language: configured.get<string>("language", "") || vscode.env.language,
  };
}

async function start(): Promise<void> {
  const { command, language } = settings();
  const [program, ...args] = command;
  const server: ServerOptions = {
    command: program,
    args,
    transport: TransportKind.stdio,
    options: { cwd: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath },
  };
  const watched = ["**/facts/**", "**/policies/**", "**/features/**"].map((pattern) => vscode.workspace.createFileSystemWatcher(pattern));
  const options: LanguageClientOptions = {
    // Whatever lies in a pack; the server says nothing about other files.
    documentSelector: [
      { scheme: "file", pattern: "**/policies/**/*.{md,yaml,txt}" },
      { scheme: "file", pattern: "**/facts/**/*.{yaml,jsonl,json}" },
      { scheme: "file", pattern: "**/features/**/*.feature" },
    ],
    initializationOptions: { language },
    synchronize: { fileEvents: watched },
  };
  client = new LanguageClient("remit", "remit", server, options);
  try {
    await client.start();
  } catch (failure) {
    const zh = language.toLowerCase().startsWith("zh");
    const told = zh
      ? `remit 语言服务无法启动（${command.join(" ")}）。请安装：pip install "remit[workbench]"，或在设置 remit.command 中写明命令。`
      : `The remit language server cannot be started (${command.join(" ")}). Install it with pip install "remit[workbench]", or set remit.command.`;
    void vscode.window.showErrorMessage(`${told} ${failure instanceof Error ? failure.message : ""}`);
  }
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  if (running?.isRunning()) {
    await running.stop();
  }
}

async function restart(): Promise<void> {
  await stop();
  await start();
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("remit.restart", restart),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("remit")) {
        await restart();
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await stop();
}
